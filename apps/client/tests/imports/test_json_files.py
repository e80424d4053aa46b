"""JSON files of records, in three shapes and in none."""

import json
from pathlib import Path

import pytest

from colonnade.client.imports import json_files
from colonnade.client.imports.json_files import read_records
from colonnade.client.imports.records import UnreadableFile

ONE, TWO = {"number": 1}, {"number": 2}


def in_file(folder: Path, content: bytes) -> Path:
    """A file of that content."""
    path = folder / "records.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b'[{"number": 1}, {"number": 2}]',
        b'{"total_count": 2, "items": [{"number": 1}, {"number": 2}]}',
        b'{"number": 1}\n{"number": 2}',
        b'{"number": 1}\r\n\r\n  {"number": 2}  \r\n',
        b'\xef\xbb\xbf[{"number": 1}, {"number": 2}]',
        b'\xef\xbb\xbf{"number": 1}\n{"number": 2}\n',
    ],
    ids=["array", "envelope", "lines", "lines of Windows", "array after a mark", "lines after a mark"],
)
def test_each_shape_gives_the_same_records(tmp_path: Path, content: bytes) -> None:
    """They are numbered from 1, and empty lines do not count."""
    records = read_records(in_file(tmp_path, content))
    assert [tuple(record) for record in records] == [(1, ONE, None), (2, TWO, None)]


def test_one_object_is_one_record(tmp_path: Path) -> None:
    """JSON Lines of a single line look like that."""
    assert [record.content for record in read_records(in_file(tmp_path, json.dumps(ONE).encode()))] == [ONE]


def test_a_broken_line_has_a_fault_and_the_others_have_none(tmp_path: Path) -> None:
    """It keeps its number, so that somebody can find it."""
    records = read_records(in_file(tmp_path, b'{"number": 1}\n{"number": \n7\n{"number": 2}\n'))
    assert [record.number for record in records if record.fault is None] == [1, 4]
    assert [record.number for record in records if record.fault] == [2, 3]
    assert all("\n" not in (record.fault or "") for record in records)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\xff\xfe[\x00]\x00", "UTF-8"),
        (b'[{"number": "\xe9"}]', "UTF-8"),
        (b"7", "neither"),
        (b'"text"', "neither"),
        (b"null", "neither"),
        (b'[{"number": 1}', "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'[{"number": NaN}]', "not valid JSON"),
        (b"a,b\n1,2\n", "not valid JSON"),
    ],
)
def test_what_is_no_file_of_records_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """The sentence names the file and what is wrong with it, in one line."""
    with pytest.raises(UnreadableFile) as caught:
        read_records(in_file(tmp_path, content))
    assert "records.json" in caught.value.message
    assert reason in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is said, with a way out."""
    monkeypatch.setattr(json_files, "MAX_BYTES", 1024 * 1024)
    with pytest.raises(UnreadableFile, match="larger than 1 MiB: split it"):
        read_records(in_file(tmp_path, b" " * (1024 * 1024 + 1)))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """It may vanish after the command line was checked."""
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_records(tmp_path / "records.json")
