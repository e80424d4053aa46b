"""The blind index: encrypted fields that can still be searched for equality, and for nothing else.

The index of a value is a keyed hash (HMAC-SHA-256) of its normal form, under a key that is derived for one field (HKDF,
RFC 5869): the same value has the same index in that field, and indexes of different fields cannot be compared. Whoever
sees the indexes learns which rows are equal; whoever also has the key can try values out. Truncation makes values
collide on purpose: with `length` bytes and n rows, about n / 256**length other rows share the index of a value, so a
stranger learns less, and the searcher must compare what was found after opening it. An index that has to be unique
needs all 32 bytes, and 16 at the least.
"""

import hmac
import unicodedata

from colonnade.security.sealing import derive_key

_FULL_BYTES = 32


class BlindIndex:
    """The index of one field."""

    def __init__(self, secret: bytes, field: str, *, length: int = _FULL_BYTES) -> None:
        """Derive the field's key.

        Args:
            secret: The key from which those of all fields derive; it cannot be rotated without indexing anew.
            field: Which field, such as `users.email`.
            length: How many bytes of the hash are kept, from 1 to 32.

        Raises:
            ValueError: That is no length.
        """
        if not 1 <= length <= _FULL_BYTES:
            raise ValueError(f"an index has 1 to {_FULL_BYTES} bytes")
        self._key = derive_key(secret, f"blind index {field}")
        self._length = length

    def of(self, value: str) -> bytes:
        """Return the index of a value; spellings that people take for the same have the same."""
        return hmac.digest(self._key, normalised(value).encode(), "sha256")[: self._length]


def normalised(value: str) -> str:
    """Return a text's form for comparison: compatibility normal form, without case (Unicode, D146)."""
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", value.strip()).casefold())
    return unicodedata.normalize("NFKC", once.casefold())
