"""What every answer tells browsers not to do (OWASP Secure Headers), and that no answer can be split in two."""

from collections.abc import Iterable

Pair = tuple[bytes, bytes]

_EVERYWHERE: tuple[Pair, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")  # RFC 6797


class SplitHeader(RuntimeError):
    """Somebody tried to put a line break into a header of an answer."""


class Hardening:
    """Adds the headers that an answer does not have; a page with a policy of its own keeps it."""

    def __init__(self, *, is_secure: bool) -> None:
        self._headers = (*_EVERYWHERE, _STRICT_TRANSPORT) if is_secure else _EVERYWHERE

    def harden(self, headers: Iterable[Pair]) -> list[Pair]:
        """Return all headers of an answer.

        Raises:
            SplitHeader: One has a line break or a null in it, which would begin another header, or another answer.
        """
        own = list(headers)
        text = b"".join([part for pair in own for part in pair])
        if b"\n" in text or b"\r" in text or b"\0" in text:
            raise SplitHeader("a header of the answer has a line break in it")
        there = {name for name, _ in own}
        own.extend([pair for pair in self._headers if pair[0] not in there])
        return own
