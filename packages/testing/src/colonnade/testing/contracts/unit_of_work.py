"""The suite that every unit of work passes."""
# ruff: noqa: S101 - suites assert

from typing import Any

import pytest

from colonnade.core import Conflict, NotFound
from colonnade.testing.contracts.subject import PersistenceSubject

Subject = PersistenceSubject[Any]  # aggregates of any kind


class UnitOfWorkSuite:
    """Subclass it as `Test…` and give it a fixture `subject`."""

    @pytest.fixture
    def subject(self) -> Subject:
        """Say what the suite runs against."""
        raise NotImplementedError("override the fixture 'subject'")

    async def test_nothing_is_kept_before_the_commit(self, subject: Subject) -> None:
        """Rolling back leaves neither the aggregate nor its events."""
        made = await subject.make()
        before = len(await subject.events())
        unit_of_work, repository = subject.open()
        await repository.add(made)
        await unit_of_work.rollback()
        with pytest.raises(NotFound):
            await subject.load(made.id)
        assert len(await subject.events()) == before

    async def test_a_commit_keeps_changes_and_events_together(self, subject: Subject) -> None:
        """Every event of a commit is in the log, in order, with the aggregate's versions."""
        made = await subject.make()
        subject.change(made)
        recorded = made.recorded_events
        await subject.store(made)
        stored = [event for event in await subject.events() if event.stream == made.stream]
        assert [event.event for event in stored] == list(recorded)
        assert [event.stream_version for event in stored] == list(range(1, made.version + 1))

    async def test_what_happened_is_known_before_it_is_permanent(self, subject: Subject) -> None:
        """Until the commit, the events of new and of changed aggregates can be asked for, each stream's in order."""
        old, new = await subject.make(), await subject.make()
        await subject.store(old)
        unit_of_work, repository = subject.open()
        assert list(unit_of_work.recorded_events()) == []
        again = await repository.get(old.id)
        assert list(unit_of_work.recorded_events()) == []
        await repository.add(new)
        assert list(unit_of_work.recorded_events()) == list(new.recorded_events)
        subject.change(again)
        subject.change(new)
        known = list(unit_of_work.recorded_events())
        for aggregate in (again, new):
            mine = {id(event) for event in aggregate.recorded_events}
            assert [event for event in known if id(event) in mine] == list(aggregate.recorded_events)
        assert len(known) == len(again.recorded_events) + len(new.recorded_events)
        await unit_of_work.commit()
        assert list(unit_of_work.recorded_events()) == []

    async def test_what_was_rolled_back_has_not_happened(self, subject: Subject) -> None:
        """After it, nothing is left to be asked for."""
        made = await subject.make()
        unit_of_work, repository = subject.open()
        await repository.add(made)
        await unit_of_work.rollback()
        assert list(unit_of_work.recorded_events()) == []

    async def test_all_or_nothing(self, subject: Subject) -> None:
        """When one of two aggregates cannot be stored, the other one and its events are not stored either."""
        first, other, double = await subject.make(), await subject.make(), await subject.make()
        await subject.store(first)
        before = await subject.events()
        double.id = first.id
        unit_of_work, repository = subject.open()
        await repository.add(other)
        await repository.add(double)
        with pytest.raises(Conflict):
            await unit_of_work.commit()
        await unit_of_work.rollback()
        with pytest.raises(NotFound):
            await subject.load(other.id)
        assert await subject.events() == before

    async def test_a_commit_of_nothing_changes_nothing(self, subject: Subject) -> None:
        """Reading is not writing."""
        made = await subject.make()
        await subject.store(made)
        before = await subject.events()
        unit_of_work, repository = subject.open()
        await unit_of_work.commit()
        await repository.get(made.id)
        await unit_of_work.commit()
        assert await subject.events() == before
        assert (await subject.load(made.id)).version == made.version

    async def test_rolling_back_is_safe_at_any_time(self, subject: Subject) -> None:
        """It may happen before anything, twice, and after a commit, which it does not undo."""
        made = await subject.make()
        unit_of_work, repository = subject.open()
        await unit_of_work.rollback()
        await unit_of_work.rollback()
        await repository.add(made)
        await unit_of_work.commit()
        await unit_of_work.rollback()
        assert await subject.load(made.id) == made

    async def test_a_unit_of_work_can_go_on_after_a_commit(self, subject: Subject) -> None:
        """After a commit the next transaction begins, with a fresh look at everything."""
        made = await subject.make()
        unit_of_work, repository = subject.open()
        await repository.add(made)
        await unit_of_work.commit()
        again = await repository.get(made.id)
        assert again is not made
        subject.change(again)
        await unit_of_work.commit()
        assert (await subject.load(made.id)).version == again.version > made.version
