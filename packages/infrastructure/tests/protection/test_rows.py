"""Sealed columns: what did not change is not written, and nothing opens elsewhere."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from colonnade.infrastructure.protection import Sealed
from colonnade.security.encryption import CiphertextRefused

from .registry import Registry, citizens


async def rows(registry: Registry) -> list[Any]:
    """Return the rows as they are."""
    return [*await registry.database.fetch(select(citizens).order_by(citizens.c.id))]


async def test_what_is_kept_comes_back(registry: Registry) -> None:
    ada = await registry.register()
    read = await registry.again().get(ada)
    assert (read.email, read.name) == ("ada@example.com", "Ada Lovelace")


async def test_a_column_holds_nothing_that_can_be_read(registry: Registry) -> None:
    await registry.register()
    (row,) = await rows(registry)
    assert b"Ada" not in bytes(row.name_sealed)
    assert repr(row.name_sealed) == f"<sealed, {len(row.name_sealed)} bytes>"


async def test_what_did_not_change_keeps_its_bytes(registry: Registry) -> None:
    """Sealing again would give others, and every change would write every sealed column."""
    ada = await registry.register()
    before = (await rows(registry))[0]
    work = registry.unit_of_work()
    citizen = await (await registry.citizens(work)).get(ada)
    citizen.count(7)
    await work.commit()
    after = (await rows(registry))[0]
    assert (after.number, after.email_sealed, after.name_sealed) == (7, before.email_sealed, before.name_sealed)


async def test_what_changed_is_sealed_anew(registry: Registry) -> None:
    ada = await registry.register()
    before = (await rows(registry))[0]
    work = registry.unit_of_work()
    (await (await registry.citizens(work)).get(ada)).rename("Ada King")
    await work.commit()
    after = (await rows(registry))[0]
    assert after.email_sealed == before.email_sealed
    assert after.name_sealed != before.name_sealed
    assert (await registry.get(ada)).name == "Ada King"


async def test_reading_writes_nothing(registry: Registry) -> None:
    ada = await registry.register()
    work = registry.unit_of_work()
    repository = await registry.citizens(work)
    await repository.get(ada)
    assert repository.changes() == []
    await work.rollback()


async def test_a_value_that_was_copied_over_another_is_refused(registry: Registry) -> None:
    """In another row, and in another column of the same."""
    ada, ben = await registry.register(), await registry.register("ben@example.com", "Ben")
    first, _ = await rows(registry)
    await registry.database.write(update(citizens).where(citizens.c.id == ben).values(name_sealed=first.name_sealed))
    await registry.database.write(update(citizens).where(citizens.c.id == ada).values(name_sealed=first.email_sealed))
    for citizen in (ada, ben):
        with pytest.raises(CiphertextRefused):
            await registry.get(citizen)


async def test_a_column_takes_sealed_values_only(registry: Registry) -> None:
    row = {
        "id": await registry.register(),
        "version": 1,
        "email_sealed": b"ada@example.com",
        "name_sealed": Sealed(b""),
    }
    with pytest.raises(Exception, match="sealed values only") as refused:
        await registry.database.write(insert(citizens), {**row, "number": 1})
    assert "ada@example.com" not in str(refused.value.__cause__)


async def test_the_blind_index_finds_who_has_an_address(registry: Registry) -> None:
    """However it is written; and nobody has one twice."""
    ada = await registry.register()
    repository = await registry.citizens(registry.unit_of_work())
    found = await registry.database.fetch(
        select(citizens.c.id).where(citizens.c.email_index == repository._index.of("ADA@Example.com"))
    )
    assert [row.id for row in found] == [ada]
