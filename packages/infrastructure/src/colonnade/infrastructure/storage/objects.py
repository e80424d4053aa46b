"""Whole objects in and out, over whatever keeps them."""

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import obstore
from obstore.exceptions import BaseError

from colonnade.core import NotFound, Unavailable
from colonnade.infrastructure.storage.keys import checked_key
from colonnade.infrastructure.storage.settings import StorageSettings, open_store

if TYPE_CHECKING:
    from obstore import GetResult, ObjectMeta


class ObjectInfo(NamedTuple):
    """What is known of an object without reading it.

    Attributes:
        key: Its name.
        size_bytes: How long it is.
        modified_at: When it was put, UTC.
        etag: Changes when the object does; none if the store gives none.
    """

    key: str
    size_bytes: int
    modified_at: datetime
    etag: str | None


class ObjectStream:
    """An object that is being read: iterate over it once, for its bytes in pieces.

    Attributes:
        info: What is known of it.
    """

    def __init__(self, key: str, result: "GetResult", piece_bytes: int) -> None:
        self.info = _info(result.meta)._replace(key=key)
        self._stream = result.stream(min_chunk_size=piece_bytes)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the bytes.

        Raises:
            Unavailable: The storage broke off.
        """
        with _translated():
            async for piece in self._stream:
                if piece:
                    yield piece


class ObjectStorage:
    """Keeps objects by key. A put is all or nothing: nobody reads half an object, and the last one wins."""

    def __init__(self, settings: StorageSettings) -> None:
        """Open a storage; what is not in this process is not asked before it is used.

        Raises:
            Invalid: The URL names no storage.
        """
        self._settings = settings
        self._store = open_store(settings)

    async def put(self, key: str, content: bytes | AsyncIterable[bytes]) -> None:
        """Store an object, in the place of one that was there.

        Args:
            key: Its name.
            content: All of it, or its pieces; what is long goes in parts, and never wholly through memory.

        Raises:
            Invalid: The key is none.
            Unavailable: The storage does not take it now; nothing was stored.
        """
        with _translated():
            await obstore.put_async(
                self._store,
                checked_key(key),
                content,
                chunk_size=self._settings.part_bytes,
                max_concurrency=self._settings.parallel_parts,
            )

    async def get(self, key: str) -> bytes:
        """Return a whole object that is known to be short.

        Raises:
            NotFound: There is none.
            Unavailable: The storage does not answer.
        """
        return b"".join([piece async for piece in await self.open(key)])

    async def open(self, key: str, *, piece_bytes: int = 256 * 1024) -> ObjectStream:
        """Begin to read an object.

        Args:
            key: Its name.
            piece_bytes: The least that a piece is long, but for the last.

        Raises:
            NotFound: There is none.
            Unavailable: The storage does not answer.
        """
        with _translated(key):
            result = await obstore.get_async(self._store, checked_key(key))
        return ObjectStream(key, result, piece_bytes)

    async def head(self, key: str) -> ObjectInfo:
        """Return what is known of an object.

        Raises:
            NotFound: There is none.
            Unavailable: The storage does not answer.
        """
        with _translated(key):
            return _info(await obstore.head_async(self._store, checked_key(key)))

    async def delete(self, key: str) -> None:
        """Remove an object if it is there.

        Raises:
            Unavailable: The storage does not answer.
        """
        with suppress(NotFound), _translated(key):
            await obstore.delete_async(self._store, checked_key(key))

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """Yield the objects below a prefix, in no order.

        Args:
            prefix: Whole segments, such as `exports/2026`; empty for all.

        Raises:
            Unavailable: The storage does not answer.
        """
        below = checked_key(prefix) if prefix else None
        with _translated():
            async for page in obstore.list(self._store, below):
                for meta in page:
                    yield _info(meta)

    async def ping(self) -> None:
        """Make sure that the storage answers.

        Raises:
            Unavailable: It does not.
        """
        async for _ in self.list():
            return


def _info(meta: "ObjectMeta") -> ObjectInfo:
    return ObjectInfo(meta["path"], meta["size"], meta["last_modified"], meta["e_tag"])


@contextmanager
def _translated(key: str | None = None) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if key is not None:
            raise NotFound("there is no such object", key=key) from error
        raise Unavailable("the folder or bucket is not there") from error
    except (BaseError, OSError) as error:
        raise Unavailable("the storage does not answer") from error
