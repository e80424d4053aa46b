"""Fetching what a link is for into a file."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import click
import httpx2

from colonnade.api.problems import ProblemReader
from colonnade.client.connection import Failure
from colonnade.core import Unavailable

TIMEOUT_SECONDS = 60.0
_ERROR = 400
_PIECE_BYTES = 1 << 16


async def download(link: str, file: Path) -> int:
    """Fetch what a link is for, with a progress bar on a terminal; the file is whole or not there.

    Only its owner can read it: what has a link of its own is about people.

    Returns:
        Its size in bytes.

    Raises:
        ColonnadeError: The server refused the link.
        Unavailable: The server cannot be reached, or stopped in the middle.
        Failure: The file cannot be written.
    """
    encrypted = not link.startswith("http://")
    partial = file.with_name(f"{file.name}.part")
    try:
        async with (
            httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, verify=encrypted) as http,
            http.stream("GET", link) as answer,
        ):
            if answer.status_code >= _ERROR:
                raise ProblemReader().error_of(answer.status_code, await _document(answer))
            size = await _keep(answer, partial)
        await asyncio.to_thread(partial.replace, file)
    except httpx2.TransportError as error:
        raise Unavailable(f"{httpx2.URL(link).host} does not give the file: {error}") from error
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}", 1) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return size


async def _document(answer: httpx2.Response) -> dict[str, object]:
    await answer.aread()
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


async def _keep(answer: httpx2.Response, path: Path) -> int:
    announced = int(answer.headers.get("content-length", 0))
    hidden = not sys.stderr.isatty()
    output = await asyncio.to_thread(_private, path)
    with output, click.progressbar(length=announced, label="Downloading", file=sys.stderr, hidden=hidden) as bar:
        async for piece in answer.aiter_bytes(_PIECE_BYTES):
            await asyncio.to_thread(output.write, piece)
            bar.update(len(piece))
        return output.tell()


def _private(path: Path) -> BinaryIO:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
