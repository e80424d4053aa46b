"""Links that are good for a while: whoever has one may do the one thing it is for, and nobody can make another."""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from colonnade.core import Clock, NotFound

_TAG_BYTES = 32
_TIME_BYTES = 8


class LinkRefused(NotFound):
    """The link is not one of ours, or not good any more."""

    code = "links.refused"


class SignedLinks:
    """Signs and reads what stands in a link: a subject and a time, under a key for one purpose (HMAC-SHA-256)."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def sign(self, subject: str, expires_at: datetime) -> str:
        """Return the token for a subject, safe in a URL."""
        body = int(expires_at.timestamp()).to_bytes(_TIME_BYTES, "big") + subject.encode()
        return urlsafe_b64encode(self._tag(body) + body).rstrip(b"=").decode()

    def read(self, token: str) -> str:
        """Return the subject of a token.

        Raises:
            LinkRefused: It is damaged, forged or expired; which of these is not said.
        """
        try:
            raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            raise _refusal() from None
        tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        if len(body) < _TIME_BYTES or not hmac.compare_digest(tag, self._tag(body)):
            raise _refusal()
        expires_at = datetime.fromtimestamp(int.from_bytes(body[:_TIME_BYTES], "big"), UTC)
        if self._clock.now() >= expires_at:
            raise _refusal()
        return body[_TIME_BYTES:].decode()

    def _tag(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")


def _refusal() -> LinkRefused:
    return LinkRefused("this link is not good, or not any more")
