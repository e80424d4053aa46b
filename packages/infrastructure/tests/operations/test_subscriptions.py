"""Looking after subscriptions: how far each has come, what it could not handle, and building projections anew."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, delete, insert, select
from sqlalchemy.schema import CreateTable

from colonnade.application.messaging import Context
from colonnade.application.operations import (
    DeadLetterView,
    DropDeadLetter,
    GetDeadLetter,
    ListActs,
    ListDeadLetters,
    ListSubscriptions,
    NotDead,
    ParkedState,
    RebuildProjection,
    ReplayDeadLetter,
    SubscriptionView,
)
from colonnade.application.subscriptions import Generation, Subscriptions
from colonnade.core import Conflict, Invalid, NotFound, RecordedEvent
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.subscriptions.tables import active_generation

from ..processes.services import Service
from ..processes.trips import Broken, Paid, effects
from ..processes.works import Works
from ..scripts import failing, raising, waiting_for
from ..waiting import eventually

STREAM = "account-1"
NAME = "works.ledger"

totals = Table(
    "works_totals", MetaData(), Column("generation", Integer), Column("key", Text), Column("amount", Integer)
)
"""A read model, in all its editions."""


def ledger(works: Works, **options: Any) -> Subscriptions:
    """Return a subscription that leaves the key of what was paid, in its order."""
    subscriptions = Subscriptions()

    @subscriptions.durable(NAME, Paid, **options)
    async def note(event: Paid, work: SqlUnitOfWork, context: Context) -> None:
        work.at_commit(insert(effects), {"label": event.key})
        works.called.append(event.key)
        if event.key in works.script:
            await works.script[event.key](context)

    return subscriptions


def projection() -> Subscriptions:
    """Return a projection of what was paid."""
    subscriptions = Subscriptions()

    async def forget(generation: Generation, work: SqlUnitOfWork) -> None:
        work.at_commit(delete(totals).where(totals.c.generation == generation), {})

    @subscriptions.projection("works.totals", Paid, forget=forget)
    async def add(events: Sequence[RecordedEvent], work: SqlUnitOfWork, generation: Generation) -> None:
        for recorded in events:
            event = recorded.event
            assert isinstance(event, Paid)
            work.at_commit(insert(totals), {"generation": generation, "key": event.key, "amount": event.amount})

    return subscriptions


async def dead_letters(service: Service, **wanted: Any) -> list[DeadLetterView]:
    """Return what was set aside, the oldest first."""
    return list((await service.send(ListDeadLetters(**wanted))).items)


def is_left(works: Works, *keys: str) -> Callable[[], Awaitable[bool]]:
    """Return what tells whether exactly this was left behind."""

    async def left() -> bool:
        return await works.effects() == sorted(keys)

    return left


class TestDeadLetters:
    async def test_are_listed_with_what_went_wrong(self, works: Works) -> None:
        works.script["bad"] = raising(Broken("no such account"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            (event_id,) = await works.tell(Paid(key="bad"), stream=STREAM)
            await works.until_parked("dead")
        (letter,) = await dead_letters(service)
        assert letter == DeadLetterView(
            id=letter.id,
            subscription=NAME,
            generation=1,
            stream=STREAM,
            position=letter.position,
            event_id=event_id,
            event_type="works.paid",
            state=ParkedState.DEAD,
            attempts=1,
            next_at=None,
            error_code="works.broken",
            error="no such account",
            parked_at=works.clock.now(),
        )

    async def test_are_shown_with_the_event_and_what_waits_behind_it(self, works: Works) -> None:
        works.script["bad"] = raising(Broken("no such account"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            await works.tell(*(Paid(key=key, amount=7) for key in ("bad", "b", "c")), stream=STREAM)
            await works.until_parked("dead", "waiting", "waiting")
        letter, behind, _ = await dead_letters(service, state=None)
        detail = await service.send(GetDeadLetter(dead_letter_id=letter.id))
        assert (detail.data, detail.metadata, detail.behind) == ({"key": "bad", "amount": 7}, {}, 2)
        assert detail.recorded_at == works.clock.now()
        assert (await service.send(GetDeadLetter(dead_letter_id=behind.id))).behind == 1

    async def test_are_found_by_state_and_subscription_from_page_to_page(self, works: Works) -> None:
        works.script["bad"] = raising(Broken("no such account"))
        works.script["shaky"] = raising(RuntimeError("not yet"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            await works.tell(Paid(key="bad"), Paid(key="b"), stream=STREAM)
            await works.tell(Paid(key="shaky"), Paid(key="bad"))
            await works.until_parked("dead", "waiting", "retrying", "dead")
        assert [letter.state for letter in await dead_letters(service)] == [ParkedState.DEAD] * 2
        (retrying,) = await dead_letters(service, state=ParkedState.RETRYING)
        assert (retrying.error_code, retrying.next_at is not None) == ("RuntimeError", True)
        assert len(await dead_letters(service, state=None, subscription=NAME)) == 4
        assert await dead_letters(service, subscription="works.other") == []
        first = await service.send(ListDeadLetters(state=None, limit=3))
        second = await service.send(ListDeadLetters(state=None, limit=3, cursor=first.next))
        positions = [letter.position for letter in (*first.items, *second.items)]
        assert positions == sorted(positions)
        assert len(positions) == 4
        with pytest.raises(Invalid, match="is not a cursor of this list"):
            await service.send(ListDeadLetters(cursor=first.next))

    async def test_can_be_replayed_and_release_what_waits(self, works: Works) -> None:
        """The reader that runs goes on at once, in the order of the stream."""
        works.script["bad"] = failing(Broken("no such account"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            await works.tell(*(Paid(key=key) for key in ("bad", "b", "c")), stream=STREAM)
            await works.until_parked("dead", "waiting", "waiting")
            (letter,) = await dead_letters(service)
            await service.send(ReplayDeadLetter(dead_letter_id=letter.id), console="ada")
            await eventually(is_left(works, "bad", "b", "c"), lambda: f"{works.called}")
            assert await works.parked() == []
            await works.tell(Paid(key="d"), stream=STREAM)
            await eventually(is_left(works, "bad", "b", "c", "d"))
        assert works.called == ["bad", "bad", "b", "c", "d"]
        (act,) = (await service.send(ListActs())).items
        assert (act.act, act.subject, act.detail, act.by) == (
            "operations.replay_dead_letter",
            str(letter.event_id),
            NAME,
            "ada",
        )

    async def test_that_fail_again_are_dead_again(self, works: Works) -> None:
        works.script["bad"] = raising(Broken("no such account"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            await works.tell(Paid(key="bad"), Paid(key="b"), stream=STREAM)
            await works.until_parked("dead", "waiting")
            (letter,) = await dead_letters(service)
            await service.send(ReplayDeadLetter(dead_letter_id=letter.id))

            async def tried_again() -> bool:
                return works.called == ["bad", "bad"]

            await eventually(tried_again)
            await works.until_parked("dead", "waiting")
        assert (await dead_letters(service))[0].attempts == 1
        assert await works.effects() == []

    async def test_have_all_their_attempts_when_they_are_replayed(self, works: Works) -> None:
        works.script["bad"] = failing(Broken("no such account"), RuntimeError("not yet"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            await works.tell(Paid(key="bad"), stream=STREAM)
            await works.until_parked("dead")
            (letter,) = await dead_letters(service)
            await service.send(ReplayDeadLetter(dead_letter_id=letter.id))
            await works.until_parked("retrying")

            async def tried_again() -> bool:
                return len(works.called) == 2

            await eventually(tried_again)
            await works.rest()
            works.pass_time(seconds=2)
            await eventually(is_left(works, "bad"))

    async def test_can_be_dropped_and_release_what_waits(self, works: Works) -> None:
        works.script["bad"] = raising(Broken("no such account"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            await works.tell(*(Paid(key=key) for key in ("bad", "b", "c")), stream=STREAM)
            await works.until_parked("dead", "waiting", "waiting")
            (letter,) = await dead_letters(service)
            await service.send(DropDeadLetter(dead_letter_id=letter.id), console="ada")
            await eventually(is_left(works, "b", "c"))
            assert await works.parked() == []
            await works.tell(Paid(key="d"), stream=STREAM)
            await eventually(is_left(works, "b", "c", "d"))
        assert works.called == ["bad", "b", "c", "d"]
        (act,) = (await service.send(ListActs())).items
        assert (act.act, act.subject, act.by) == ("operations.drop_dead_letter", str(letter.event_id), "ada")

    async def test_that_are_dropped_stop_at_the_next_dead_one(self, works: Works) -> None:
        works.script.update((key, raising(Broken("no such account"))) for key in ("bad", "worse"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            await works.tell(*(Paid(key=key) for key in ("bad", "b", "worse", "c")), stream=STREAM)
            await works.until_parked("dead", "waiting", "waiting", "waiting")
            await service.send(DropDeadLetter(dead_letter_id=(await dead_letters(service))[0].id))
            await works.until_parked("dead", "waiting")
        assert await works.effects() == ["b"]

    async def test_release_nothing_of_other_streams(self, works: Works) -> None:
        works.script["bad"] = raising(Broken("no such account"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            for stream in ("account-1", "account-2"):
                await works.tell(Paid(key="bad"), Paid(key=stream), stream=stream)
            await works.until_parked("dead", "waiting", "dead", "waiting")
            await service.send(DropDeadLetter(dead_letter_id=(await dead_letters(service))[0].id))
            await eventually(is_left(works, "account-1"))
            await works.until_parked("dead", "waiting")

    async def test_that_are_dropped_while_something_is_put_behind_them_leave_it_free(self, works: Works) -> None:
        """The reader has read both of them and knows nothing of the drop yet."""
        goes_on = asyncio.Event()
        works.script.update({"bad": raising(Broken("no such account")), "slow": waiting_for(goes_on)})
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            await works.tell(Paid(key="bad"), stream=STREAM)
            await works.until_parked("dead")
            slow = works.event(Paid(key="slow"))
            await works.append([slow, works.event(Paid(key="b"), stream=STREAM)])

            async def is_read() -> bool:
                return "slow" in works.called

            await eventually(is_read)
            await service.send(DropDeadLetter(dead_letter_id=(await dead_letters(service))[0].id))
            goes_on.set()
            await eventually(is_left(works, "b", "slow"))

    @pytest.mark.parametrize("message", [ReplayDeadLetter, DropDeadLetter])
    async def test_are_not_those_that_are_tried_again_or_wait(self, works: Works, message: Any) -> None:
        works.script["shaky"] = raising(RuntimeError("not yet"))
        service = await works.service(subscriptions=[ledger(works)])
        async with service.working():
            await works.tell(Paid(key="shaky"), Paid(key="b"), stream=STREAM)
            await works.until_parked("retrying", "waiting")
            for letter in await dead_letters(service, state=None):
                with pytest.raises(NotDead, match="it is tried again by itself, or waits behind one that is"):
                    await service.send(message(dead_letter_id=letter.id))
        assert (await service.send(ListActs())).items == ()

    @pytest.mark.parametrize("message", [GetDeadLetter, ReplayDeadLetter, DropDeadLetter])
    async def test_that_are_not_there_are_not_found(self, works: Works, message: Any) -> None:
        service = await works.service(subscriptions=[ledger(works)])
        with pytest.raises(NotFound, match="there is no such dead letter"):
            await service.send(message(dead_letter_id=uuid4()))


class TestSubscriptions:
    async def test_are_listed_with_how_far_they_have_come(self, works: Works) -> None:
        works.script["bad"] = raising(Broken("no such account"))
        works.script["shaky"] = raising(RuntimeError("not yet"))
        service = await works.service(subscriptions=[ledger(works, partitions=2)])
        async with service.working():
            await works.tell(Paid(key="bad"), Paid(key="b"), stream=STREAM)
            await works.tell(Paid(key="shaky"))
            await eventually(lambda: set(works.called) == {"bad", "shaky"})

            async def all_set_aside() -> bool:
                return len(await works.parked()) == 3

            await eventually(all_set_aside)
            read = await service.send(ListSubscriptions())
        await works.tell(Paid(key="c"), Paid(key="d"))
        unread = await service.send(ListSubscriptions())
        view = SubscriptionView(
            name=NAME,
            generation=1,
            state="active",
            projection=False,
            partitions=2,
            read_by=1,
            behind=0,
            retrying=1,
            waiting=1,
            dead=1,
        )
        assert read.items == (view,)
        assert unread.items == (view.model_copy(update={"read_by": 0, "behind": 2}),)

    async def test_that_this_process_does_not_know_are_listed_as_well(self, works: Works) -> None:
        old = await works.service(subscriptions=[ledger(works)])
        async with old.working():
            pass
        new = await works.service()
        (view,) = (await new.send(ListSubscriptions())).items
        assert (view.name, view.read_by, view.behind) == (NAME, 0, 0)


class TestProjections:
    async def test_can_be_built_anew_while_they_are_read(self, works: Works) -> None:
        await works.database.write(CreateTable(totals))
        service = await works.service(subscriptions=[projection()])
        async with service.working():
            await works.tell(Paid(key="a", amount=1), Paid(key="b", amount=2))
            await eventually(self.shows(works, 1, ["a", "b"]))
            assert await service.send(RebuildProjection(name="works.totals"), console="ada") == 2
            await eventually(self.shows(works, 2, ["a", "b"]))
            await works.tell(Paid(key="c", amount=3))
            await eventually(self.shows(works, 2, ["a", "b", "c"]))

            async def one_edition() -> bool:
                service.resolver.wakeups.wake_all()
                return len((await service.send(ListSubscriptions())).items) == 1

            await eventually(one_edition)
            (view,) = (await service.send(ListSubscriptions())).items
        assert (view.generation, view.state, view.projection, view.behind) == (2, "active", True, 0)
        assert {row.generation for row in await works.database.fetch(select(totals))} == {2}
        (act,) = (await service.send(ListActs())).items
        assert (act.act, act.subject, act.detail, act.by) == (
            "operations.rebuild_projection",
            "works.totals",
            "generation 2",
            "ada",
        )

    @pytest.mark.parametrize("since", ["time", "position"])
    async def test_can_be_built_anew_from_a_place_on(self, works: Works, since: str) -> None:
        await works.database.write(CreateTable(totals))
        service = await works.service(subscriptions=[projection()])
        async with service.working():
            await works.tell(Paid(key="a"))
            works.clock.advance(hours=1)
            (event_id,) = await works.tell(Paid(key="b"))
            await eventually(self.shows(works, 1, ["a", "b"]))
            place: dict[str, Any] = {"since": works.clock.now()}
            if since == "position":
                place = {"since_position": await works.position(event_id)}
            await service.send(RebuildProjection(name="works.totals", **place))
            await eventually(self.shows(works, 2, ["b"]))

    async def test_grow_one_new_edition_at_a_time(self, works: Works) -> None:
        service = await works.service(subscriptions=[projection()])
        await works.database.write(CreateTable(totals))
        async with service.working():
            pass
        await service.send(RebuildProjection(name="works.totals"))
        listed = (await service.send(ListSubscriptions())).items
        assert [(view.generation, view.state) for view in listed] == [(1, "active"), (2, "building")]
        with pytest.raises(Conflict, match="is being rebuilt already"):
            await service.send(RebuildProjection(name="works.totals"))

    async def test_are_what_can_be_built_anew(self, works: Works) -> None:
        service = await works.service(subscriptions=[ledger(works)])
        with pytest.raises(Invalid, match="is not a projection: it cannot be rebuilt"):
            await service.send(RebuildProjection(name=NAME))
        with pytest.raises(NotFound, match=r"there is no subscription works\.nothing"):
            await service.send(RebuildProjection(name="works.nothing"))
        assert (await service.send(ListActs())).items == ()

    @staticmethod
    def shows(works: Works, generation: int, keys: list[str]) -> Callable[[], Awaitable[bool]]:
        """Return what tells whether the edition that is read is this one, with these keys."""

        async def shown() -> bool:
            statement = select(totals.c.generation, totals.c.key).where(
                totals.c.generation == active_generation("works.totals")
            )
            rows = await works.database.fetch(statement.order_by(totals.c.key))
            return [tuple(row) for row in rows] == [(generation, key) for key in keys]

        return shown
