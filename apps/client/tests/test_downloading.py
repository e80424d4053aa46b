"""A file that is fetched by a link is whole, or not there."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest

from colonnade.client.downloading import download
from colonnade.core import NotFound, Unavailable

from .terminal import NOWHERE


@pytest.fixture
def breaking() -> Iterator[str]:
    """The address of a server that stops in the middle of every answer."""

    class Breaking(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b"half")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as server, ThreadPoolExecutor(1) as threads:
        threads.submit(server.serve_forever)
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_half_a_file_is_not_kept(breaking: str, tmp_path: Path) -> None:
    """And the former one stays."""
    file = tmp_path / "archive.zip"
    file.write_text("yesterday's")
    with pytest.raises(Unavailable):
        asyncio.run(download(breaking, file))
    assert [each.name for each in tmp_path.iterdir()] == ["archive.zip"]
    assert file.read_text() == "yesterday's"


def test_only_its_owner_reads_the_file(server: str, tmp_path: Path) -> None:
    """Also in the place of one that everybody could read, and of what another program left there in between."""
    file, partial = tmp_path / "archive.zip", tmp_path / "archive.zip.part"
    for former in (file, partial):
        former.write_text("yesterday's")
        former.chmod(0o644)
    asyncio.run(download(f"{server}/api/openapi.json", file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert not partial.exists()


def test_a_link_that_is_not_good_is_refused_as_the_server_says(server: str, tmp_path: Path) -> None:
    """Nothing is written."""
    with pytest.raises(NotFound, match="not good"):
        asyncio.run(download(f"{server}/api/exports/abc", tmp_path / "archive.zip"))
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_away_is_named(tmp_path: Path) -> None:
    """It may be another one than the commands go to."""
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1"):
        asyncio.run(download(NOWHERE, tmp_path / "archive.zip"))


def test_a_file_that_cannot_be_written_is_told_in_one_sentence(server: str, tmp_path: Path) -> None:
    """A disk is full, or a file stands where the folder should be."""
    (tmp_path / "folder").touch()
    with pytest.raises(click.ClickException, match="cannot be written"):
        asyncio.run(download(f"{server}/api/openapi.json", tmp_path / "folder" / "archive.zip"))
