"""Request bodies: read once, bounded in size and time, and only of types that are understood."""

import asyncio
from typing import Any

from pydantic_core import from_json
from starlette.types import Message, Receive

from colonnade.api.http.settings import BodyLimits
from colonnade.api.problems import BodyTooLarge, BodyTooSlow, MalformedBody, UnsupportedMedia

Headers = dict[bytes, bytes]


async def read_json(headers: Headers, receive: Receive, *, limits: BodyLimits, needed: bool) -> dict[str, Any]:
    """Return the JSON object in a request's body, or an empty one if there is no body and none is needed.

    Nothing is decompressed, so there are no bombs; the parser refuses whatever is nested deeper than 200, and numbers
    of more than 4,300 digits, before it builds them.

    Raises:
        BodyTooLarge: It is longer than the limit.
        BodyTooSlow: It did not come in time.
        UnsupportedMedia: It says to be something else than JSON, or compressed.
        MalformedBody: It is not JSON, or not an object, or not there.
    """
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding != b"identity":
        raise UnsupportedMedia("the body must not be compressed", accepted=["identity"])
    body = await read_body(headers, receive, limits)
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


async def read_body(headers: Headers, receive: Receive, limits: BodyLimits) -> bytes:
    """Return the whole body of a request, of any type.

    Raises:
        BodyTooLarge: It is longer than the limit.
        BodyTooSlow: It did not come in time.
        MalformedBody: It ended before it was complete, or says that its length is none.
    """
    if int(_length(headers)) > limits.size_bytes:
        raise _too_large(limits.size_bytes)
    now = asyncio.get_running_loop().time
    end = now() + limits.seconds
    chunks, size = list[bytes](), 0
    is_announced = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
    try:
        async with asyncio.timeout_at(min(end, now() + limits.idle_seconds)) as timer:
            while True:
                message: Message = await receive()
                if message["type"] == "http.disconnect" and (chunks or is_announced):
                    raise MalformedBody("the body ended before it was complete")
                chunk: bytes = message.get("body", b"")
                size += len(chunk)
                if size > limits.size_bytes:
                    raise _too_large(limits.size_bytes)
                chunks.append(chunk)
                if not message.get("more_body", False):
                    return b"".join(chunks)
                timer.reschedule(min(end, now() + limits.idle_seconds))
    except TimeoutError as error:
        raise BodyTooSlow("the body did not come in time") from error


def _length(headers: Headers) -> bytes:
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 20:  # noqa: PLR2004 - more digits than any size
        raise MalformedBody("the Content-Length header is not a number")
    return length


def _too_large(limit_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"the body is larger than {limit_bytes} bytes", limit_bytes=limit_bytes)
