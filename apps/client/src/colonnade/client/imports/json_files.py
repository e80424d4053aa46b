"""JSON files of records: an array, an envelope with `items`, or one record a line."""

from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import from_json

from colonnade.client.imports.records import UnreadableFile

MAX_BYTES = 256 * 1024 * 1024


class Record(NamedTuple):
    """A record as it stands in the file.

    Attributes:
        number: Its place, from 1.
        content: What was read; none if it could not be.
        fault: Why it could not be read.
    """

    number: int
    content: Any  # JSON of any shape
    fault: str | None = None


def read_records(path: Path) -> list[Record]:
    """Return the records of a file.

    Raises:
        UnreadableFile: It cannot be read, is too large, or is not JSON of one of the three shapes.
    """
    raw = _read(path)
    try:
        whole = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        lines = _read_lines(raw)
        if any(line.fault is None for line in lines):
            return lines
        raise UnreadableFile(f"{path.name} is not valid JSON: {error}") from error
    if isinstance(whole, dict) and isinstance(whole.get("items"), list):
        whole = whole["items"]
    elif isinstance(whole, dict):
        whole = [whole]
    if not isinstance(whole, list):
        raise UnreadableFile(f"{path.name} holds neither a JSON array nor JSON lines of records")
    return [Record(number, content) for number, content in enumerate(whole, 1)]


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(f"{path.name} is larger than {MAX_BYTES // 1024 // 1024} MiB: split it")
        raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}") from error
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path.name} is not text in UTF-8 (byte {error.start})") from error
    if not raw.strip():
        raise UnreadableFile(f"{path.name} is empty")
    return raw


def _read_lines(raw: bytes) -> list[Record]:
    records = []
    for number, line in enumerate((line for line in raw.splitlines() if line.strip()), 1):
        try:
            content = from_json(line, allow_inf_nan=False)
        except ValueError as error:
            records.append(Record(number, None, f"is not valid JSON: {error}"))
            continue
        fault = None if isinstance(content, dict) else "is not a JSON object"
        records.append(Record(number, content, fault))
    return records
