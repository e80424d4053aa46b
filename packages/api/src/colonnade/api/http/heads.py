"""What stands before the body: bounded, and never ambiguous."""

from collections.abc import Sequence

from starlette.types import Scope

from colonnade.api.http.settings import HeadLimits
from colonnade.api.problems import HeadersTooLarge, HttpError, TargetTooLong

Pair = tuple[bytes, bytes]

_ONCE = frozenset(
    {
        b"authorization", b"colonnade-session", b"content-encoding", b"content-length", b"content-type", b"host",
        b"idempotency-key", b"if-match", b"if-none-match", b"origin", b"sec-fetch-site", b"transfer-encoding",
        b"x-csrf-token",
    }
)  # fmt: skip
"""Headers of which two would leave open which one counts: with a proxy before us, that is how requests are smuggled."""


def check_head(scope: Scope, limits: HeadLimits) -> None:
    """Return if the head of a request can be dealt with.

    Raises:
        TargetTooLong: Its path or query is too long.
        HeadersTooLarge: Its headers are too many or too long.
        HttpError: A header that may stand there once stands there twice.
    """
    path: bytes | str = scope.get("raw_path") or scope["path"]
    if len(path) > limits.path_bytes:
        raise TargetTooLong(f"the path is longer than {limits.path_bytes} bytes", limit_bytes=limits.path_bytes)
    if len(scope["query_string"]) > limits.query_bytes:
        raise TargetTooLong(f"the query is longer than {limits.query_bytes} bytes", limit_bytes=limits.query_bytes)
    headers: Sequence[Pair] = scope["headers"]
    if len(headers) > limits.header_count:
        raise HeadersTooLarge(f"there are more than {limits.header_count} headers", limit=limits.header_count)
    if sum([len(name) + len(value) for name, value in headers]) > limits.header_bytes:
        raise HeadersTooLarge(
            f"the headers are longer than {limits.header_bytes} bytes", limit_bytes=limits.header_bytes
        )
    names = [name for name, _ in headers]
    if len(set(names)) < len(names):
        _check_once(names)


def _check_once(names: Sequence[bytes]) -> None:
    for name in _ONCE:
        if names.count(name) > 1:
            raise HttpError(f"the header {name.decode()} occurs twice", field=name.decode())
