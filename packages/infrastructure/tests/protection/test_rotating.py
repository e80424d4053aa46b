"""Rotation: of the key-encryption key and of data keys, while others read and write."""

import asyncio

import pytest
from sqlalchemy import delete, select

from colonnade.infrastructure.protection.data_keys import INDEX, PEOPLE
from colonnade.infrastructure.protection.tables import data_keys, person_keys
from colonnade.security.encryption import DataKey, KeyMissing, LocalKey

from .registry import Registry


def fresh_kek() -> LocalKey:
    return LocalKey(DataKey.generate().secret)


async def test_the_first_keys_are_made_once_however_many_processes_begin(registry: Registry) -> None:
    processes = [registry.again() for _ in range(4)]
    currents = await asyncio.gather(*(process.data_keys.of(PEOPLE) for process in processes))
    assert len({keys.current.id for keys in currents}) == 1
    assert sorted(report.purpose for report in await registry.data_keys.report()) == [INDEX, PEOPLE]


async def test_the_key_encryption_key_changes_while_others_read(registry: Registry) -> None:
    """Readers with both keys never fail; afterwards the former key is not needed."""
    ada, new = await registry.register(), fresh_kek()
    done = asyncio.Event()

    async def read() -> int:
        count = 0
        while not done.is_set():
            assert (await registry.again(kek=new, former=[registry.kek]).get(ada)).name == "Ada Lovelace"
            count += 1
        return count

    async def rotate() -> int:
        try:
            return await registry.again(kek=new, former=[registry.kek]).data_keys.rewrap()
        finally:
            done.set()

    reads, rewrapped = await asyncio.gather(read(), rotate())
    assert reads
    assert rewrapped == 2
    assert (await registry.again(kek=new).get(ada)).name == "Ada Lovelace"
    with pytest.raises(KeyMissing):
        await registry.again().get(ada)
    assert await registry.again(kek=new).data_keys.rewrap() == 0


async def test_the_index_survives_every_rotation(registry: Registry) -> None:
    """Who is found by an address today is found by it tomorrow."""
    before = (await registry.data_keys.of(INDEX)).current.secret
    new = fresh_kek()
    other = registry.again(kek=new, former=[registry.kek])
    await other.data_keys.rewrap()
    await other.data_keys.rotate()
    assert (await registry.again(kek=new).data_keys.of(INDEX)).current.secret == before


async def test_a_new_data_key_seals_and_the_old_one_still_opens(registry: Registry) -> None:
    """Of people whose key was made before and after, in a process that knew only the old one."""
    ada, other = await registry.register(), registry.again()
    await other.get(ada)
    fresh = await registry.data_keys.rotate()
    ben = await registry.register("ben@example.com", "Ben")
    assert (await other.get(ben)).name == "Ben"
    assert (await registry.again().get(ada)).name == "Ada Lovelace"
    rows = await registry.keys_database.fetch(select(person_keys.c.data_key_id).where(person_keys.c.person_id == ben))
    assert rows[0].data_key_id == fresh


async def test_keys_of_people_go_over_to_the_new_data_key(registry: Registry) -> None:
    """In batches; then the old one can go, and with it the worth of old copies."""
    people = [await registry.register(f"{number}@example.com", f"N{number}") for number in range(5)]
    assert await registry.keys.rewrap() == 0
    await registry.data_keys.rotate()
    assert await registry.data_keys.retire() == 0
    assert await registry.keys.rewrap(batch=2) == 5
    assert await registry.data_keys.retire() == 1
    reader = registry.again()
    assert [(await reader.get(person)).name for person in people] == [f"N{number}" for number in range(5)]


async def test_a_key_that_was_destroyed_stays_destroyed(registry: Registry) -> None:
    ada = await registry.register()
    await registry.data_keys.rotate()
    await registry.keys.destroy(ada)
    assert await registry.keys.rewrap() == 0
    assert (await registry.get(ada)).name == "Erased person"


async def test_a_process_that_missed_the_retirement_goes_on_with_the_new_key(registry: Registry) -> None:
    """It cannot seal a key with a data key that is gone."""
    late = registry.again()
    await late.data_keys.of(PEOPLE)
    await registry.data_keys.rotate()
    await registry.data_keys.retire()
    ben = await late.register("ben@example.com", "Ben")
    assert (await registry.again().get(ben)).name == "Ben"


async def test_a_database_of_keys_that_lost_one_is_noticed(registry: Registry) -> None:
    """Rather than taken for one that is new."""
    await registry.data_keys.of(PEOPLE)
    await registry.keys_database.write(delete(data_keys).where(data_keys.c.purpose == INDEX))
    with pytest.raises(KeyMissing):
        await registry.data_keys.reload()
