"""Crypto-shredding: with the key, everything that it sealed is gone, wherever copies of it are."""

import asyncio
import shutil
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.protection import ERASED, PersonKeys
from colonnade.infrastructure.protection.tables import person_keys
from colonnade.security.encryption import Place
from colonnade.testing import FrozenClock

from .registry import CitizenId, CitizenRegistered, Registry

DEADLINE_SECONDS = 10
PLACE = Place("test", "a", "b", "1")
SECRETS = (b"ada@example.com", b"Ada Lovelace", b"Lovelace")


def everything_in(folder: Path) -> bytes:
    """Return the bytes of every file in a folder."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_nothing_of_an_erased_person_is_left_in_tables_log_and_backup(registry: Registry, tmp_path: Path) -> None:
    """A backup that was taken before yields nothing either, and all of it still replays."""
    ada, ben = await registry.register(), await registry.register("ben@example.com", "Ben")
    backup = tmp_path / "backup"
    url = registry.url
    if not registry.database.is_postgresql:
        await registry.database.write(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        backup.mkdir()
        shutil.copy(str(registry.database.engine.url.database), backup / "copy.db")
        url = f"sqlite:///{backup / 'copy.db'}"
        assert not [secret for secret in SECRETS if secret in everything_in(backup)]
    assert (await registry.get(ada)).name == "Ada Lovelace"
    await registry.keys.destroy(ada)
    for reader in (registry, registry.again(), registry.again(url=url)):
        citizen = await reader.get(ada)
        assert (citizen.email, citizen.name) == ("erased@erased.invalid", "Erased person")
        assert await reader.events(ada) == [
            CitizenRegistered(citizen_id=ada, email="erased@erased.invalid", name="Erased person")
        ]
        assert (await reader.get(ben)).name == "Ben"
        assert [recorded.event for _, recorded in await reader.log.read()] == [
            *await reader.events(ada),
            *await reader.events(ben),
        ]


async def test_the_key_is_in_no_page_of_its_database_afterwards(registry: Registry, tmp_path: Path) -> None:
    """Neither in a freed one nor in the write-ahead log."""
    people = [UUID(int=number) for number in range(1, 200)]
    await registry.keys.create(people)
    rows = await registry.keys_database.fetch(select(person_keys.c.wrapped).where(person_keys.c.person_id.in_(people)))
    assert all(row.wrapped in everything_in(tmp_path) for row in rows)
    for person in people[::2]:
        await registry.keys.destroy(person)
    (left,) = await registry.keys_database.fetch(select(func.count(person_keys.c.wrapped)))
    kept = everything_in(tmp_path)
    assert sum(row.wrapped in kept for row in rows) == left[0] == len(people[1::2])


@pytest.mark.integration
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_keys_may_lie_in_the_same_database(database_url: str, clock: FrozenClock) -> None:
    """On PostgreSQL, where several transactions write at a time."""
    registry = Registry(database_url, database_url, clock)
    await registry.found()
    try:
        ada = await registry.register()
        assert (await registry.again().get(ada)).name == "Ada Lovelace"
        await registry.keys.destroy(ada)
        assert (await registry.again().get(ada)).name == "Erased person"
    finally:
        await registry.close()


async def test_who_is_erased_gets_no_second_key(registry: Registry) -> None:
    """An event that comes late keeps nothing of them, and destroying again changes nothing."""
    ada = await registry.register()
    await registry.keys.destroy(ada)
    await registry.keys.destroy(ada)
    keys = await registry.keys.ensure([ada])
    assert keys.seal(ada, b"late", PLACE) is ERASED
    late = CitizenRegistered(citizen_id=ada, email="ada@example.com", name="Ada Lovelace")
    sealing = await registry.protection.sealing([late], {})
    assert sealing is not None
    assert b"Ada" not in sealing.to_json(late, ada)


async def test_the_tables_of_keys_are_there_when_they_are_first_needed(registry: Registry) -> None:
    """Whatever is asked first."""
    assert (await registry.again().keys.load([UUID(int=5)])).seal(UUID(int=5), b"x", PLACE) is ERASED


async def test_who_never_had_a_key_cannot_get_one_once_erased(registry: Registry) -> None:
    """Erasure may be faster than the first data."""
    nobody = CitizenId(UUID(int=5))
    await registry.keys.destroy(nobody)
    assert (await registry.keys.ensure([nobody])).seal(nobody, b"x", PLACE) is ERASED


async def test_a_look_up_that_began_before_is_not_remembered_after(registry: Registry) -> None:
    """Otherwise the key would live on in this process."""
    ada = await registry.register()
    reader = registry.again()
    await reader.data_keys.of("people")
    fetch = reader.keys_database.fetch

    async def slow(*arguments: object) -> object:
        rows = await fetch(*arguments)  # type: ignore[arg-type]
        await registry.keys.destroy(ada)
        reader.keys.stream_changed(f"citizen-{ada}")
        return rows

    reader.keys_database.fetch = slow  # type: ignore[method-assign, assignment]
    await reader.keys.load([ada])
    reader.keys_database.fetch = fetch  # type: ignore[method-assign]
    assert (await reader.keys.load([ada])).seal(ada, b"x", PLACE) is ERASED


async def test_a_process_that_does_not_hear_remembers_nothing(registry: Registry) -> None:
    ada = await registry.register()
    reader = registry.again()
    reader.keys.trust(on=False)
    assert (await reader.keys.load([ada])).seal(ada, b"x", PLACE) is not ERASED
    await registry.keys.destroy(ada)
    assert (await reader.keys.load([ada])).seal(ada, b"x", PLACE) is ERASED


async def test_streams_of_other_kinds_say_nothing_of_people(registry: Registry) -> None:
    """Not even with the same id."""
    ada = await registry.register()
    reader = registry.again()
    await reader.keys.load([ada])
    await registry.keys.destroy(ada)
    reader.keys.stream_changed(f"task-{ada}")
    assert (await reader.keys.load([ada])).seal(ada, b"x", PLACE) is not ERASED
    reader.keys.stream_changed(f"citizen-{ada}")
    assert (await reader.keys.load([ada])).seal(ada, b"x", PLACE) is ERASED


class Heard:
    """Passes on what is heard, and says when it was."""

    def __init__(self, keys: PersonKeys) -> None:
        self.keys = keys
        self.changed = asyncio.Event()

    def stream_changed(self, stream: str) -> None:
        self.keys.stream_changed(stream)
        self.changed.set()

    def trust(self, *, on: bool) -> None:
        self.keys.trust(on=on)


@pytest.mark.integration
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_another_process_hears_of_it_at_once(registry: Registry) -> None:
    """Although the keys lie in another database than the one it listens to."""
    ada = await registry.register()
    reader = registry.again()
    heard = Heard(reader.keys)
    notifications = StreamNotifications(reader.database, [heard])
    await notifications.start()
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            await notifications.listening()
            assert (await reader.keys.load([ada])).seal(ada, b"x", PLACE) is not ERASED
            heard.changed.clear()
            await registry.keys.destroy(ada)
            await heard.changed.wait()
        assert (await reader.keys.load([ada])).seal(ada, b"x", PLACE) is ERASED
    finally:
        await notifications.close()
