"""Opaque keyset cursors that hold only for the query they came from.

A cursor carries the sort keys of the last row seen (keyset pagination, https://use-the-index-luke.com/no-offset),
authenticated together with the query's own description: neither a forged cursor nor one of another query passes.
"""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from colonnade.core.errors import Invalid

_TAG_BYTES = 16

Key = str | int | float | bool | None


class CursorCodec:
    """Writes and reads cursors with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def encode(self, query: str, keys: Sequence[Key]) -> str:
        """Return the cursor after a row.

        Args:
            query: Description of the query: whatever makes two queries different (message, filter, sort, tenant).
            keys: The row's sort keys, as JSON scalars.
        """
        body = json.dumps(list(keys), separators=(",", ":"), ensure_ascii=False).encode()
        return _spelled(self._tag(query, body) + body)

    def decode(self, query: str, cursor: str, *, keys: int) -> list[Key]:
        """Return the sort keys in a cursor of this very query.

        Args:
            query: The same description that it was made with.
            cursor: What the client sent.
            keys: How many keys the query sorts by.

        Raises:
            Invalid: The cursor is damaged, forged, or belongs to another query.
        """
        try:
            raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            raise self._refusal() from None
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if _spelled(raw) != cursor or not hmac.compare_digest(tag, self._tag(query, body)):
            raise self._refusal()
        decoded: list[Key] = json.loads(body)
        if len(decoded) != keys:
            raise self._refusal()
        return decoded

    def _tag(self, query: str, body: bytes) -> bytes:
        message = len(query.encode()).to_bytes(8, "big") + query.encode() + body
        return hmac.digest(self._secret, message, "sha256")[:_TAG_BYTES]

    @staticmethod
    def _refusal() -> Invalid:
        return Invalid("is not a cursor of this list: start again from the first page", field="cursor")


def _spelled(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
