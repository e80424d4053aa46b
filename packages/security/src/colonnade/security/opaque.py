"""Tokens that mean nothing by themselves: a prefix to find leaks by, randomness, a checksum against typing errors."""

import hashlib
import secrets
import string
import zlib
from typing import NamedTuple

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM = 32  # characters of base 62: 190 bits
_CHECK = 6


class OpaqueToken(NamedTuple):
    """A new token: shown once, kept as its hash.

    Attributes:
        text: The whole token.
        digest: What is kept of it.
        hint: Its beginning, by which people tell their tokens apart.
    """

    text: str
    digest: str
    hint: str

    def __repr__(self) -> str:
        return f"OpaqueToken({self.hint}…)"


class OpaqueTokens:
    """Makes tokens of one kind, and tells whether something may be one before anybody asks a database.

    Args:
        prefix: What they all begin with, such as `clnp`; scanners of leaked secrets look for it.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = f"{prefix}_"
        self._length = len(self._prefix) + _RANDOM + _CHECK

    def make(self) -> OpaqueToken:
        """Return a new token."""
        body = self._prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
        text = body + _checksum(body)
        return OpaqueToken(text, digest_of(text), text[: len(self._prefix) + 4])

    def looks_right(self, text: str) -> bool:
        """Tell whether a text has the form of such a token, its checksum included."""
        if len(text) != self._length or not text.startswith(self._prefix) or not text.isascii():
            return False
        return _checksum(text[:-_CHECK]) == text[-_CHECK:]


def digest_of(text: str) -> str:
    """Return what is kept of a token: SHA-256, hexadecimal; what is random needs no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(body: str) -> str:
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK):
        number, place = divmod(number, len(_ALPHABET))
        letters = _ALPHABET[place] + letters
    return letters
