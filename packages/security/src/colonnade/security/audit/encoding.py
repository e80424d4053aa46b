"""One spelling for what is hashed and signed: every part preceded by its length, so that no two contents are alike."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LENGTH_BYTES = 8


def canonical(label: str, parts: Iterable[bytes | str | int]) -> bytes:
    """Return the bytes that stand for a sequence of parts.

    Args:
        label: What the parts are, so that a signature of one kind of thing is none of another.
        parts: Bytes, texts (UTF-8) and numbers (decimal).
    """
    pieces = (_piece(part) for part in (label, *parts))
    return b"".join(len(piece).to_bytes(_LENGTH_BYTES, "big") + piece for piece in pieces)


def flattened(facts: Mapping[str, str]) -> list[str | int]:
    """Return names and values as parts, in the order of the names, preceded by their number."""
    return [len(facts), *(text for name in sorted(facts) for text in (name, facts[name]))]


def microseconds(moment: datetime) -> int:
    """Return a point in time as microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def _piece(part: bytes | str | int) -> bytes:
    return part if isinstance(part, bytes) else str(part).encode()
