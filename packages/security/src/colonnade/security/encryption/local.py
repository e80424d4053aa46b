"""A key-encryption key of one's own: 32 bytes in a file or in an environment variable."""

import asyncio
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from colonnade.core import Invalid
from colonnade.security.encryption.data_keys import KEY_BYTES
from colonnade.security.encryption.errors import KeyRefused
from colonnade.security.files import create_private_file
from colonnade.security.sealing import derive_key

_NONCE_BYTES = 12


class LocalKey:
    """Wraps keys in this process; named by a fingerprint of itself."""

    def __init__(self, secret: bytes) -> None:
        """Use a key.

        Raises:
            Invalid: It has not got 32 bytes.
        """
        if len(secret) != KEY_BYTES:
            raise Invalid(f"a key-encryption key has {KEY_BYTES} bytes")
        self._cipher = AESGCM(derive_key(secret, "key wrapping"))
        self.key_id = f"local:{derive_key(secret, 'key name', length=8).hex()}"

    @classmethod
    def from_text(cls, text: str) -> "LocalKey":
        """Read a key from base64 text.

        Raises:
            Invalid: The text is no key.
        """
        try:
            return cls(b64decode(text.strip(), validate=True))
        except ValueError:
            raise Invalid("a key-encryption key is base64 of 32 bytes") from None

    @classmethod
    async def from_file(cls, path: Path) -> "LocalKey":
        """Read a key in base64 from a file, making one of mode 0600 if there is none.

        Raises:
            Invalid: The file holds no key.
        """
        try:
            return cls.from_text(await asyncio.to_thread(_read, path))
        except (Invalid, UnicodeDecodeError):
            raise Invalid(f"{path} does not hold a key-encryption key: base64 of {KEY_BYTES} bytes") from None

    @classmethod
    def from_environment(cls, variable: str, environment: Mapping[str, str] = os.environ) -> "LocalKey":
        """Read a key in base64 from an environment variable.

        Raises:
            Invalid: It is not set, or holds no key.
        """
        text = environment.get(variable)
        if text is None:
            raise Invalid(f"the environment variable {variable} with the key-encryption key is not set")
        try:
            return cls.from_text(text)
        except Invalid as error:
            raise Invalid(f"{variable}: {error.message}") from None

    async def wrap(self, key: bytes, name: str) -> bytes:
        """Encrypt a key under a name."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, name.encode())

    async def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """Decrypt a key.

        Raises:
            KeyRefused: It was altered, renamed, or wrapped by another key.
        """
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError) as error:
            raise KeyRefused(f"{self.key_id} did not wrap this {name}") from error

    def __repr__(self) -> str:
        return f"LocalKey(key_id={self.key_id!r})"


def _read(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        create_private_file(path, b64encode(os.urandom(KEY_BYTES)))
    return path.read_text("ascii")
