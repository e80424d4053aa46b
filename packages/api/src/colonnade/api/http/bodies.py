"""Request bodies: read once, bounded, and only of types that are understood."""

from typing import Any

from pydantic_core import from_json
from starlette.types import Receive

from colonnade.api.problems import BodyTooLarge, MalformedBody, UnsupportedMedia

Headers = dict[bytes, bytes]


async def read_json(headers: Headers, receive: Receive, *, limit_bytes: int, needed: bool) -> dict[str, Any]:
    """Return the JSON object in a request's body, or an empty one if there is no body and none is needed.

    Raises:
        BodyTooLarge: It is longer than the limit.
        UnsupportedMedia: It says to be something else than JSON.
        MalformedBody: It is not JSON, or not an object, or not there.
    """
    body = await _read(headers, receive, limit_bytes)
    if not body:
        if needed:
            raise MalformedBody("the body is missing: send a JSON object")
        return {}
    kind = headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
    if kind != b"application/json" and not (kind.startswith(b"application/") and kind.endswith(b"+json")):
        said = kind.decode("latin-1") or "nothing"
        raise UnsupportedMedia(f"the body must be application/json, not {said}", accepted=["application/json"])
    try:
        content = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedBody(f"the body is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise MalformedBody("the body must be a JSON object")
    return content


async def _read(headers: Headers, receive: Receive, limit_bytes: int) -> bytes:
    if int(_length(headers)) > limit_bytes:
        raise _too_large(limit_bytes)
    message = await receive()
    if not message.get("more_body", False):
        body: bytes = message.get("body", b"")
        if len(body) > limit_bytes:
            raise _too_large(limit_bytes)
        return body
    chunks, size = [], 0
    while True:
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit_bytes:
            raise _too_large(limit_bytes)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedBody("the body ended before it was complete")


def _length(headers: Headers) -> bytes:
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 20:  # noqa: PLR2004 - more digits than any size
        raise MalformedBody("the Content-Length header is not a number")
    return length


def _too_large(limit_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"the body is larger than {limit_bytes} bytes", limit_bytes=limit_bytes)
