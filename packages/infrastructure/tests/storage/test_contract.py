import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from colonnade.core import Invalid, NotFound
from colonnade.infrastructure.storage import ObjectStorage

from .conftest import PART_BYTES


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def keys(storage: ObjectStorage, prefix: str = "") -> set[str]:
    return {info.key async for info in storage.list(prefix)}


@pytest.mark.parametrize("content", [b"", b"hello", bytes(range(256)) * 40])
async def test_what_was_put_is_read_again(storage: ObjectStorage, content: bytes) -> None:
    await storage.put("exports/one.zip", content)
    assert await storage.get("exports/one.zip") == content
    await storage.put("exports/two.zip", pieces(content[:3], content[3:]))
    assert await storage.get("exports/two.zip") == content


async def test_what_comes_in_pieces_may_be_longer_than_a_part(storage: ObjectStorage) -> None:
    content = [bytes([number]) * (PART_BYTES // 2 + 1) for number in range(5)]
    await storage.put("long", pieces(*content))
    stream = await storage.open("long", piece_bytes=1024)
    read = [piece async for piece in stream]
    assert b"".join(read) == b"".join(content)
    assert stream.info.size_bytes == sum(map(len, content))
    assert stream.info.key == "long"


async def test_bytes_longer_than_a_part_are_stored_whole(storage: ObjectStorage) -> None:
    content = b"0123456789abcdef" * (PART_BYTES // 8)
    await storage.put("long", content)
    assert await storage.get("long") == content


async def test_the_last_put_wins(storage: ObjectStorage) -> None:
    await storage.put("key", b"first")
    before = await storage.head("key")
    await storage.put("key", b"second!")
    after = await storage.head("key")
    assert await storage.get("key") == b"second!"
    assert before.etag != after.etag
    assert await keys(storage) == {"key"}


async def test_the_head_tells_what_the_object_is(storage: ObjectStorage) -> None:
    await storage.put("exports/one.zip", b"12345")
    info = await storage.head("exports/one.zip")
    assert (info.key, info.size_bytes) == ("exports/one.zip", 5)
    assert abs(datetime.now(UTC) - info.modified_at) < timedelta(minutes=1)
    assert info.etag


async def test_what_is_not_there_is_not_found(storage: ObjectStorage) -> None:
    for ask in (storage.get, storage.open, storage.head):
        with pytest.raises(NotFound) as missing:
            await ask("exports/none.zip")
        assert missing.value.facts == {"key": "exports/none.zip"}


async def test_a_prefix_is_not_an_object(storage: ObjectStorage) -> None:
    await storage.put("exports/one.zip", b"1")
    with pytest.raises(NotFound):
        await storage.get("exports")


async def test_what_was_deleted_is_gone_and_may_be_deleted_again(storage: ObjectStorage) -> None:
    await storage.put("key", b"1")
    await storage.delete("key")
    await storage.delete("key")
    with pytest.raises(NotFound):
        await storage.head("key")
    assert await keys(storage) == set()


async def test_a_list_holds_what_is_below_whole_segments(storage: ObjectStorage) -> None:
    everything = {"exports/a", "exports/2026/b", "exports-old/c", "d"}
    for key in everything:
        await storage.put(key, key.encode())
    assert await keys(storage) == everything
    assert await keys(storage, "exports") == {"exports/a", "exports/2026/b"}
    assert await keys(storage, "exp") == set()
    assert {info.size_bytes async for info in storage.list("exports/2026")} == {len("exports/2026/b")}


async def test_a_list_may_be_long(storage: ObjectStorage) -> None:
    everything = {f"many/{number:03}" for number in range(120)}
    await asyncio.gather(*(storage.put(key, b"1") for key in everything))
    assert await keys(storage, "many") == everything


async def test_a_put_whose_source_breaks_off_stores_nothing(storage: ObjectStorage) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * (PART_BYTES + 1)
        raise RuntimeError("the source broke off")

    await storage.put("key", b"whole")
    with pytest.raises(RuntimeError, match="the source broke off"):
        await storage.put("key", broken())
    with pytest.raises(RuntimeError):
        await storage.put("other", broken())
    assert await storage.get("key") == b"whole"
    assert await keys(storage) == {"key"}


async def test_many_may_put_and_read_at_once(storage: ObjectStorage) -> None:
    async def round_trip(number: int) -> bool:
        await storage.put(f"k/{number}", pieces(*[bytes([number])] * 10))
        return await storage.get(f"k/{number}") == bytes([number]) * 10

    assert all(await asyncio.gather(*(round_trip(number) for number in range(20))))


async def test_a_storage_that_is_there_answers(storage: ObjectStorage) -> None:
    await storage.ping()
    await storage.put("key", b"1")
    await storage.ping()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "..",
        "../secret",
        "a/../../secret",
        "a/./b",
        "a//b",
        "a/",
        "a\\b",
        "a\nb",
        "a\x00b",
        "a b",
        "ü",
        "a%2fb",
        "a#1",
        "~",
        "a" * 201,
        "a/" * 600 + "a",
    ],
)
async def test_keys_that_might_mean_something_else_are_refused(storage: ObjectStorage, key: str) -> None:
    for ask in (storage.get, storage.open, storage.head, storage.delete):
        with pytest.raises(Invalid):
            await ask(key)
    with pytest.raises(Invalid):
        await storage.put(key, b"1")
    if key:
        with pytest.raises(Invalid):
            await keys(storage, key)


@pytest.mark.parametrize("key", ["a", "a.b", "...", "a/..b/c..", "018f-x/2026=01/@me+you_1.tar.gz", "a" * 200])
async def test_plain_keys_are_taken(storage: ObjectStorage, key: str) -> None:
    await storage.put(key, b"1")
    assert await keys(storage) == {key}
    assert await storage.get(key) == b"1"
