"""Which pages of other sites may call (CORS, WHATWG Fetch section 3.3): exact origins, and nobody else."""

from collections.abc import Iterable, Sequence

from colonnade.api.http.settings import origin_of

Pair = tuple[bytes, bytes]

_VARY = (b"vary", b"Origin")
_METHODS = (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE")
_TAKEN_NAMES = (
    "authorization", "colonnade-session", "content-type", "idempotency-key", "if-match", "if-none-match",
    "traceparent", "x-csrf-token", "x-request-id",
)  # fmt: skip
_SHOWN_NAMES = ("etag", "link", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id")
_TAKEN = (b"access-control-allow-headers", ", ".join(_TAKEN_NAMES).encode())
_SHOWN = (b"access-control-expose-headers", ", ".join(_SHOWN_NAMES).encode())
_KEPT = (b"access-control-max-age", b"600")
_CREDENTIALS = (b"access-control-allow-credentials", b"true")


class CrossOrigin:
    """Answers for the origins that an operator lists.

    Args:
        origins: Such as `https://app.example.com`; each may send cookies.

    Raises:
        Invalid: One of them is a pattern, `null`, or no origin at all.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin_of(origin).encode() for origin in origins)

    def __bool__(self) -> bool:
        return bool(self._origins)

    def headers_for(self, origin: bytes | None, *, preflight: bool) -> Sequence[Pair]:
        """Return what an answer to a page of an origin says; caches must tell the origins apart in any case.

        Args:
            origin: What the request names as its origin.
            preflight: Whether it only asks what would be allowed.
        """
        if not self._origins:
            return ()
        if origin is None or origin not in self._origins:
            return (_VARY,)
        allowed = ((b"access-control-allow-origin", origin), _CREDENTIALS, _VARY)
        return (*allowed, _METHODS, _TAKEN, _KEPT) if preflight else (*allowed, _SHOWN)
