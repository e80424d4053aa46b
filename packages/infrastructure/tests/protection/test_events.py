"""Events about people: sealed in the log, read as if they were not, and bound to where they are."""

from typing import Annotated
from uuid import UUID

import pytest
from sqlalchemy import select, update

from colonnade.core import DomainEvent
from colonnade.core.personal import Personal
from colonnade.infrastructure.database import EventLog
from colonnade.infrastructure.database.event_log import StoredFacts, event_log
from colonnade.infrastructure.protection import EventProtection, seal_past_events
from colonnade.infrastructure.protection.events import SEALED
from colonnade.security.encryption import CiphertextRefused

from .registry import KINDS, TYPES, CitizenCounted, CitizenRegistered, Registry

DATA = select(event_log.c.data).order_by(event_log.c.position)


async def test_an_event_is_read_as_it_happened(registry: Registry) -> None:
    ada = await registry.register()
    assert await registry.again().events(ada) == [
        CitizenRegistered(citizen_id=ada, email="ada@example.com", name="Ada Lovelace")
    ]
    assert [recorded.event for _, recorded in await registry.log.read()] == await registry.events(ada)


async def test_the_log_holds_a_valid_event_of_an_erased_person_and_the_sealed_values(registry: Registry) -> None:
    ada = await registry.register()
    (row,) = await registry.database.fetch(DATA)
    assert {name: value for name, value in row.data.items() if name != SEALED} == {
        "citizen_id": str(ada),
        "email": "erased@erased.invalid",
        "name": "Erased person",
        "note": "",
    }
    assert set(row.data[SEALED]) == {"email", "name"}


async def test_the_keys_of_a_page_are_read_in_one_query(registry: Registry) -> None:
    """However many people it is about."""
    people = [await registry.register(f"{number}@example.com", f"N{number}") for number in range(5)]
    reader, asked = registry.again(), []
    await reader.data_keys.of("people")
    fetch = reader.keys_database.fetch

    async def counted(*arguments: object) -> object:
        asked.append(arguments)
        return await fetch(*arguments)  # type: ignore[arg-type]

    reader.keys_database.fetch = counted  # type: ignore[method-assign, assignment]
    page = await reader.log.read()
    assert [recorded.event.name for _, recorded in page] == [f"N{number}" for number in range(len(people))]  # type: ignore[attr-defined]
    await reader.log.read()
    assert len(asked) == 1


async def test_a_sealed_value_does_not_open_in_another_event(registry: Registry) -> None:
    """Of another person, nor of the same at another time."""
    ada = await registry.register()
    work = registry.unit_of_work()
    citizen = await (await registry.citizens(work)).get(ada)
    citizen.rename("Ada King")
    await work.commit()
    work = registry.unit_of_work()
    citizen = await (await registry.citizens(work)).get(ada)
    citizen.rename("Ada Byron")
    await work.commit()
    _, second, third = await registry.database.fetch(DATA)
    moved = {**third.data, SEALED: second.data[SEALED]}
    await registry.database.write(update(event_log).where(event_log.c.stream_version == 3).values(data=moved))
    with pytest.raises(CiphertextRefused):
        await registry.events(ada)


async def test_text_that_looks_sealed_is_text(registry: Registry) -> None:
    """Whatever somebody writes, it is never opened."""
    ada = await registry.register(name='{"$sealed": {"name": "AQAB"}}', protected=False)
    assert (await registry.events(ada))[0].name == '{"$sealed": {"name": "AQAB"}}'  # type: ignore[attr-defined]


async def test_an_event_about_nobody_asks_for_no_key(registry: Registry) -> None:
    """The database of keys may be away."""
    registry.keys.load = registry.keys.ensure = None  # type: ignore[method-assign, assignment]
    protection = EventProtection(registry.keys, KINDS)
    assert await protection.sealing([CitizenCounted(number=1)], {}) is None
    facts = StoredFacts(UUID(int=1), CitizenCounted.event_type, {"number": 1})
    assert await protection.opened([facts]) == [{"number": 1}]


async def test_events_from_before_are_read_and_sealed_where_they_lie(registry: Registry) -> None:
    """Once: the second time there is nothing left to do."""
    ada = await registry.register(protected=False)
    assert (await registry.database.fetch(DATA))[0].data["name"] == "Ada Lovelace"
    happened = await registry.events(ada)
    assert await seal_past_events(registry.database, registry.protection, registry.keys, batch=1) == 1
    assert (await registry.database.fetch(DATA))[0].data["name"] == "Erased person"
    assert await registry.events(ada) == happened
    assert await seal_past_events(registry.database, registry.protection, registry.keys) == 0


async def test_without_a_protector_all_is_as_it_was(registry: Registry) -> None:
    ada = await registry.register(protected=False)
    plain = EventLog(registry.database, TYPES)
    assert [recorded.event for _, recorded in await plain.read()] == await registry.events(ada)


async def test_an_older_event_is_opened_before_it_is_lifted(registry: Registry) -> None:
    """An upcaster sees facts as they were of its version, never sealed ones."""
    ada = await registry.register()
    (row,) = await registry.database.fetch(DATA)
    old = {name: value for name, value in row.data.items() if name != "note"}
    await registry.database.write(update(event_log).values(data=old, schema_version=1))
    assert (await registry.events(ada))[0].note == "Ada Lovelace of old"  # type: ignore[attr-defined]
    await registry.keys.destroy(ada)
    assert (await registry.events(ada))[0].note == "Erased person of old"  # type: ignore[attr-defined]


def test_a_marker_that_cannot_work_is_found_at_the_start(registry: Registry) -> None:
    """Not when somebody is erased."""

    class Weighed(DomainEvent, type="registry.weighed"):
        citizen_id: UUID
        grams: Annotated[int, Personal("citizen_id")]

    with pytest.raises(TypeError, match=r"Weighed.grams cannot be None: say with Personal"):
        EventProtection(registry.keys, [Weighed])
