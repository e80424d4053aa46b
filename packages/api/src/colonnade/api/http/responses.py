"""Responses, sent without a detour."""

from collections.abc import Iterable

from starlette.types import Scope, Send

from colonnade.api.problems import (
    MEDIA_TYPE,
    BodyTooLarge,
    BodyTooSlow,
    MethodNotAllowed,
    problem_of,
    status_of,
)
from colonnade.core import ColonnadeError, Unauthenticated

Pair = tuple[bytes, bytes]
Pairs = Iterable[Pair]

ANSWER_HEADERS = "colonnade.answer_headers"
"""Where a request's scope keeps the headers that its answer gets, whether it is good or a problem."""

_JSON = (b"content-type", b"application/json")
_PROBLEM = (b"content-type", MEDIA_TYPE.encode())
_NO_STORE = (b"cache-control", b"no-store")
_PRIVATE = (b"cache-control", b"private, no-cache")  # kept to be asked about: what has an entity tag


def answer_headers(scope: Scope) -> list[Pair]:
    """Return the headers that the answer to a request gets, to be added to."""
    headers: list[Pair] = scope.setdefault(ANSWER_HEADERS, [])
    return headers


async def send_json(send: Send, status: int, body: bytes, extra: Pairs = ()) -> None:
    """Send a JSON body; browsers keep only what has an entity tag."""
    more = list(extra)
    kept = _PRIVATE if any(name == b"etag" for name, _ in more) else _NO_STORE
    headers = [_JSON, (b"content-length", b"%d" % len(body)), kept, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def send_empty(send: Send, status: int, extra: Pairs = ()) -> None:
    """Send no body."""
    await send({"type": "http.response.start", "status": status, "headers": list(extra)})
    await send({"type": "http.response.body", "body": b""})


async def send_problem(send: Send, error: ColonnadeError, request_id: str | None) -> None:
    """Send the problem document of an error."""
    body = problem_of(error, request_id)
    headers = [_PROBLEM, (b"content-length", b"%d" % len(body)), _NO_STORE]
    if isinstance(error, Unauthenticated):
        headers.append((b"www-authenticate", b'Bearer realm="colonnade"'))
    if error.retryable:
        headers.append((b"retry-after", str(error.facts.get("retry_after_seconds", 1)).encode()))
    if isinstance(error, MethodNotAllowed):
        headers.append((b"allow", ", ".join(map(str, error.facts["allowed"])).encode()))  # type: ignore[call-overload]  # a list of names
    if isinstance(error, BodyTooSlow | BodyTooLarge):  # the rest of the body is not waited for
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status_of(type(error)), "headers": headers})
    await send({"type": "http.response.body", "body": body})
