"""The private half of a key, which shows itself to nobody."""

from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
)

from colonnade.core import Invalid
from colonnade.security.files import create_private_file
from colonnade.security.keys.algorithms import Algorithm, PrivateKey, algorithm_of, generate
from colonnade.security.keys.verifying import VerifyingKey


class SigningKey:
    """A private key with its name.

    Attributes:
        private: The key itself.
        public: Its public half.
        algorithm: The only algorithm that it signs with.
        kid: Its thumbprint (RFC 7638).
    """

    def __init__(self, private: PrivateKey) -> None:
        self.private = private
        self.algorithm = algorithm_of(private)
        self.public = VerifyingKey(private.public_key())
        self.kid = self.public.kid

    @classmethod
    def generate(cls, algorithm: Algorithm = "EdDSA") -> "SigningKey":
        """Make a fresh key."""
        return cls(generate(algorithm))

    @classmethod
    def from_file(cls, path: Path) -> "SigningKey":
        """Read a key from a PEM file (PKCS#8), making an Ed25519 key of mode 0600 if there is none.

        Raises:
            Invalid: The file holds something else.
        """
        if not path.exists():
            create_private_file(path, _bytes(generate("EdDSA"), Encoding.PEM))
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise Invalid(f"{path} does not hold a private key in PEM without a password") from error
        return cls._checked(private, str(path))

    @classmethod
    def from_der(cls, content: bytes) -> "SigningKey":
        """Read a key from what `der` returned.

        Raises:
            Invalid: It is something else.
        """
        try:
            private = load_der_private_key(content, password=None)
        except (ValueError, TypeError) as error:
            raise Invalid("this is not a private key in DER without a password") from error
        return cls._checked(private, "this")

    def der(self) -> bytes:
        """Return the private key in DER (PKCS#8), to be encrypted and kept."""
        return _bytes(self.private, Encoding.DER)

    @classmethod
    def _checked(cls, private: object, where: str) -> "SigningKey":
        if not isinstance(private, PrivateKey):
            raise Invalid(f"{where} holds a key of another kind than Ed25519 or P-256")
        try:
            return cls(private)
        except Invalid as error:
            raise Invalid(f"{where} holds a key of another kind than Ed25519 or P-256") from error

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


def _bytes(private: PrivateKey, encoding: Encoding) -> bytes:
    return private.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption())
