"""The suite that every repository passes."""
# ruff: noqa: S101 - suites assert

import asyncio
from dataclasses import fields
from typing import Any

import pytest

from colonnade.core import (
    EVERYTHING,
    NOTHING,
    AggregateRoot,
    Conflict,
    NotFound,
    UserId,
    VersionConflict,
    field,
    new_id,
)
from colonnade.testing.contracts.subject import PersistenceSubject

Subject = PersistenceSubject[Any]  # aggregates of any kind


class RepositorySuite:
    """Subclass it as `Test…` and give it a fixture `subject`."""

    @pytest.fixture
    def subject(self) -> Subject:
        """Say what the suite runs against."""
        raise NotImplementedError("override the fixture 'subject'")

    async def test_what_was_added_comes_back_as_it_was(self, subject: Subject) -> None:
        """An aggregate survives the way into the store and back with every attribute."""
        made = await subject.make()
        await subject.store(made)
        assert state_of(await subject.load(made.id)) == state_of(made)

    async def test_an_unknown_id_is_not_found(self, subject: Subject) -> None:
        """Asking for what is not there is an error, not an empty answer."""
        unit_of_work, repository = subject.open()
        with pytest.raises(NotFound):
            await repository.get(new_id(UserId))
        await unit_of_work.rollback()

    async def test_the_same_id_is_the_same_object(self, subject: Subject) -> None:
        """Within a unit of work there is one object for each aggregate, new ones included."""
        made, fresh = await subject.make(), await subject.make()
        await subject.store(made)
        unit_of_work, repository = subject.open()
        await repository.add(fresh)
        assert await repository.get(fresh.id) is fresh
        first = await repository.get(made.id)
        assert await repository.get(made.id) is first
        assert await repository.matching(field("id") == made.id) == [first]
        assert (await repository.matching(field("id") == made.id))[0] is first
        await unit_of_work.rollback()

    async def test_a_change_is_kept(self, subject: Subject) -> None:
        """A changed aggregate comes back changed, one version further for each event."""
        made = await subject.make()
        await subject.store(made)
        unit_of_work, repository = subject.open()
        changed = await repository.get(made.id)
        subject.change(changed)
        recorded = len(changed.recorded_events)
        await unit_of_work.commit()
        again = await subject.load(made.id)
        assert state_of(again) == state_of(changed)
        assert again.version == made.version + recorded

    async def test_two_changes_of_one_version_are_a_conflict(self, subject: Subject) -> None:
        """Whoever commits second learns that somebody was faster, and nothing of theirs is kept."""
        if subject.one_writer_at_a_time:
            return
        made = await subject.make()
        await subject.store(made)
        slower, repository = subject.open()
        stale = await repository.get(made.id)
        faster, other_repository = subject.open()
        fresh = await other_repository.get(made.id)
        subject.change(fresh)
        await faster.commit()
        subject.change(stale)
        with pytest.raises(VersionConflict):
            await slower.commit()
        await slower.rollback()
        assert state_of(await subject.load(made.id)) == state_of(fresh)

    async def test_no_change_is_lost(self, subject: Subject) -> None:
        """Of many who change one aggregate at the same time each has succeeded or been told, whichever way is kept."""
        made = await subject.make()
        await subject.store(made)

        async def change() -> int:
            unit_of_work, repository = subject.open()
            try:
                aggregate = await repository.get(made.id)
                subject.change(aggregate)
                recorded = len(aggregate.recorded_events)
                await unit_of_work.commit()
            except VersionConflict:
                await unit_of_work.rollback()
                return 0
            return recorded

        kept = sum(await asyncio.gather(*(change() for _ in range(8))))
        assert kept > 0
        assert (await subject.load(made.id)).version == made.version + kept

    async def test_adding_the_same_id_twice_is_refused(self, subject: Subject) -> None:
        """An aggregate is stored as a new one once."""
        made = await subject.make()
        await subject.store(made)
        unit_of_work, repository = subject.open()
        double = await subject.make()
        double.id = made.id
        await repository.add(double)
        with pytest.raises(Conflict):
            await unit_of_work.commit()
        await unit_of_work.rollback()
        assert state_of(await subject.load(made.id)) == state_of(made)

    async def test_a_change_without_an_event_is_a_mistake(self, subject: Subject) -> None:
        """State that changed behind the aggregate's back is refused loudly instead of being lost or written."""
        made = await subject.make()
        await subject.store(made)
        unit_of_work, repository = subject.open()
        subject.tamper(await repository.get(made.id))
        with pytest.raises(TypeError, match="without recording an event"):
            await unit_of_work.commit()
        await unit_of_work.rollback()
        assert state_of(await subject.load(made.id)) == state_of(made)

    async def test_matching_gives_what_satisfies_in_the_order_of_ids(self, subject: Subject) -> None:
        """A specification finds exactly what it says, and no more than the limit."""
        made = sorted([await subject.make() for _ in range(3)], key=lambda aggregate: aggregate.id)
        await subject.store(*made)
        unit_of_work, repository = subject.open()
        wanted = field("id").is_in([made[2].id, made[0].id])
        assert await repository.matching(wanted) == [made[0], made[2]]
        assert await repository.matching(wanted, limit=1) == [made[0]]
        assert await repository.matching(NOTHING) == []
        rest = await repository.matching(EVERYTHING & ~wanted)
        assert made[1] in rest
        assert made[0] not in rest
        await unit_of_work.rollback()

    async def test_another_tenant_sees_nothing(self, subject: Subject) -> None:
        """To another tenant the aggregate does not exist, however it is asked for."""
        made = await subject.make()
        await subject.store(made)
        opened = subject.open_as_stranger()
        if opened is None:
            return
        unit_of_work, repository = opened
        with pytest.raises(NotFound):
            await repository.get(made.id)
        assert await repository.matching(EVERYTHING) == []
        smuggled = await subject.make()
        await repository.add(smuggled)
        with pytest.raises(NotFound):
            await unit_of_work.commit()
        await unit_of_work.rollback()


def state_of(aggregate: AggregateRoot[Any]) -> dict[str, object]:
    """Return every attribute of an aggregate but the events that it recorded."""
    return {field.name: getattr(aggregate, field.name) for field in fields(aggregate) if field.name != "_recorded"}
