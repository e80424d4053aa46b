"""Signing keys: Ed25519, named by thumbprint (RFC 7638, RFC 8037), kept in a file that only its owner reads."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from pathlib import Path

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "tokens", "jwt", "cryptography")

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from colonnade.core import Invalid
from colonnade.security.files import create_private_file


class SigningKey:
    """A private key with its name."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.private = private
        self.public: Ed25519PublicKey = private.public_key()
        self.kid = _thumbprint(self.public)

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a fresh key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_file(cls, path: Path) -> "SigningKey":
        """Read a key from a PEM file (PKCS#8), making one of mode 0600 if there is none.

        Raises:
            Invalid: The file holds something else.
        """
        if not path.exists():
            cls._create(path)
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise Invalid(f"{path} does not hold a private key in PEM without a password") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise Invalid(f"{path} holds a key of another kind than Ed25519")
        return cls(private)

    @staticmethod
    def _create(path: Path) -> None:
        text = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        create_private_file(path, text)

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


class KeyRing:
    """The key that signs, and all keys whose signatures are good."""

    def __init__(self, current: SigningKey, others: Iterable[SigningKey] = ()) -> None:
        self.current = current
        self._public = {key.kid: key.public for key in (current, *others)}

    def public(self, kid: str) -> Ed25519PublicKey | None:
        """Return the public key with this name, if it is on the ring."""
        return self._public.get(kid)


def _thumbprint(public: Ed25519PublicKey) -> str:
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    members = {"crv": "Ed25519", "kty": "OKP", "x": _base64(raw)}
    return _base64(hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest())


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
