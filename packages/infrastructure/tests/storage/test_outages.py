import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from colonnade.core import Invalid, Unavailable
from colonnade.infrastructure.storage import ObjectStorage, StorageSettings


async def listing(storage: ObjectStorage) -> None:
    async for _ in storage.list():
        pass


OPERATIONS: list[Callable[[ObjectStorage], Awaitable[object]]] = [
    lambda storage: storage.put("key", b"1"),
    lambda storage: storage.get("key"),
    lambda storage: storage.open("key"),
    lambda storage: storage.head("key"),
    lambda storage: storage.delete("key"),
    lambda storage: storage.ping(),
    listing,
]


@pytest.fixture
async def silent() -> AsyncIterator[int]:
    """The port of a server that takes connections and never says a word."""
    over = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    over.set()
    server.close()


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_server_that_is_not_there_is_unavailable(
    bucket: StorageSettings, operation: Callable[[ObjectStorage], Awaitable[object]]
) -> None:
    with pytest.raises(Unavailable) as failure:
        await operation(ObjectStorage(replace(bucket, endpoint="http://127.0.0.1:1")))
    assert "127.0.0.1" not in f"{failure.value}{failure.value.facts}"


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_server_that_is_silent_is_unavailable_in_time(
    bucket: StorageSettings, silent: int, operation: Callable[[ObjectStorage], Awaitable[object]]
) -> None:
    settings = replace(bucket, endpoint=f"http://127.0.0.1:{silent}", timeout_seconds=0.1)
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable):
            await operation(ObjectStorage(settings))


async def test_a_bucket_that_does_not_exist_takes_nothing(bucket: StorageSettings) -> None:
    storage = ObjectStorage(replace(bucket, url="s3://nobodys"))
    with pytest.raises(Unavailable):
        await storage.put("key", b"1")
    with pytest.raises(Unavailable):
        await storage.ping()


async def test_two_prefixes_of_one_bucket_do_not_see_each_other(bucket: StorageSettings) -> None:
    here, there = (ObjectStorage(replace(bucket, url=f"{bucket.url}/{name}")) for name in ("here", "there"))
    await here.put("key", b"1")
    assert [info.key async for info in here.list()] == ["key"]
    assert [info.key async for info in there.list()] == []


@pytest.mark.parametrize(
    "url",
    ["", "objects", "/var/objects", "file://host/objects", "file:objects", "s3:///prefix", "gs://bucket", "http://x"],
)
def test_a_url_that_names_no_storage_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        ObjectStorage(StorageSettings(url=url))


async def test_objects_in_a_folder_outlive_the_process(tmp_path: Path) -> None:
    settings = StorageSettings(url=tmp_path.as_uri())
    await ObjectStorage(settings).put("a/b", b"1")
    assert await ObjectStorage(settings).get("a/b") == b"1"
