"""Who signs checkpoints, and whose signatures are good (Ed25519, RFC 8032)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_KID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs, wherever it is kept.

    Attributes:
        kid: Its name.
        sign: Signs a message with Ed25519.
    """

    kid: str
    sign: Callable[[bytes], bytes]


class Ed25519Key:
    """A key made of a secret of 32 bytes, such as one derived from an installation's own.

    Attributes:
        kid: Its name, derived from the public key.
        public: The public key, 32 bytes: whoever has it can verify without the service.
        signer: Signs with it.
    """

    def __init__(self, secret: bytes) -> None:
        private = Ed25519PrivateKey.from_private_bytes(secret)
        self.public = private.public_key().public_bytes_raw()
        self.kid = sha256(self.public).hexdigest()[:_KID_DIGITS]
        self.signer = Signer(self.kid, private.sign)

    def __repr__(self) -> str:
        return f"Ed25519Key(kid={self.kid!r})"


class PublicKeys:
    """The keys whose signatures are good, those included that sign no more."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Take public keys of 32 bytes by their names."""
        self._keys = {kid: Ed25519PublicKey.from_public_bytes(key) for kid, key in keys.items()}

    @classmethod
    def of(cls, *keys: Ed25519Key) -> "PublicKeys":
        """Return the public halves of keys."""
        return cls({key.kid: key.public for key in keys})

    def verify(self, kid: str, message: bytes, signature: bytes) -> bool:
        """Tell whether a signature is good."""
        key = self._keys.get(kid)
        if key is None:
            return False
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True
