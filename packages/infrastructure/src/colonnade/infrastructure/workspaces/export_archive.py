"""Where exports are kept: pieces first, then one ZIP archive, in object storage."""

import asyncio
import tempfile
import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO

from pydantic_core import to_json

from colonnade.application.workspaces.export import ExportId, ExportPage
from colonnade.infrastructure.storage import ObjectStorage
from colonnade.security.links import SignedLinks

LINK_PATH = "/api/exports/"

_PIECE_BYTES = 1 << 20


class StoredExports:
    """Keeps exports in object storage, under their id."""

    def __init__(self, storage: ObjectStorage, links: SignedLinks, *, public_url: str) -> None:
        self._storage = storage
        self._links = links
        self._public_url = public_url.rstrip("/")

    async def put_page(self, export_id: ExportId, part: int, page: ExportPage) -> None:
        """Keep a piece; the same one again replaces it."""
        lines = b"".join(to_json(record) + b"\n" for record in page.records)
        await self._storage.put(_part_key(export_id, part), page.section.encode() + b"\n" + lines)

    async def assemble(self, export_id: ExportId, parts: int) -> int:
        """Put all pieces into one archive, by way of a temporary file, and return its size in bytes."""
        with tempfile.TemporaryFile() as file:
            await self._zip(export_id, parts, file)
            size = file.tell()
            file.seek(0)
            await self._storage.put(archive_key(export_id), _pieces(file))
        return size

    async def _zip(self, export_id: ExportId, parts: int, file: IO[bytes]) -> None:
        """Write one file for each section; its pieces come one after the other."""
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            present, entry = b"", None
            for part in range(parts):
                section, _, lines = (await self._storage.get(_part_key(export_id, part))).partition(b"\n")
                if section != present or entry is None:
                    if entry is not None:
                        entry.close()
                    present, entry = section, archive.open(f"{section.decode()}.jsonl", "w", force_zip64=True)
                await asyncio.to_thread(entry.write, lines)
            if entry is not None:
                entry.close()

    async def delete(self, export_id: ExportId) -> None:
        """Drop the archive and its pieces, if there are any."""
        async for info in self._storage.list(f"exports/{export_id}"):
            await self._storage.delete(info.key)

    def link(self, export_id: ExportId, expires_at: datetime) -> str:
        """Return where the archive can be fetched until a moment."""
        return f"{self._public_url}{LINK_PATH}{self._links.sign(str(export_id), expires_at)}"


def archive_key(export_id: ExportId) -> str:
    """Return where an archive is."""
    return f"exports/{export_id}/archive.zip"


def _part_key(export_id: ExportId, part: int) -> str:
    return f"exports/{export_id}/part-{part:06}.jsonl"


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
        yield piece
