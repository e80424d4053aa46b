"""The compact form of a signed token (RFC 7515), read strictly: three parts, one encoding of each, no name twice."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

MAX_LENGTH = 4096
"""Characters of the longest token that is looked at."""


def parts_of(text: str) -> tuple[bytes, bytes, bytes]:
    """Return the header, payload and signature of a token.

    Raises:
        ValueError: It has another form, such as the five parts of an encrypted one, or bits that mean nothing.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError("too long")
    header, payload, signature = text.split(".")
    return _decoded(header), _decoded(payload), _decoded(signature)


def object_of(raw: bytes) -> dict[str, object]:
    """Return the object that a part says.

    Raises:
        ValueError: It is no object, has a name twice, or is not JSON (RFC 8259).
    """
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_once_each, parse_constant=_no_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - whatever is wrong with a token is one kind of error
    return value


def _decoded(part: str) -> bytes:
    raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if urlsafe_b64encode(raw).rstrip(b"=").decode() != part:
        raise ValueError("not the one encoding of its bytes")
    return raw


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise ValueError("a name twice")
    return said


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
