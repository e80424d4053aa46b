"""Subscriptions in the transaction belong to the command: its unit of work, its commit, its failure."""

from collections.abc import Sequence

import pytest

from colonnade.application.messaging import PUBLIC, Command, Context, Handlers, LocalBus, Query
from colonnade.application.subscriptions import EndlessReaction, Subscriptions, TransactionReactions
from colonnade.core import Conflict, DomainEvent, UnitOfWork

from .fakes import GivingResolver, LampLit, LampOut, Shelf


class Light(Command[str], name="tests.light", requires=PUBLIC):
    """Light the lamps of some rooms."""

    rooms: tuple[str, ...]


class Look(Query[str], name="tests.look", requires=PUBLIC):
    """Look at a lamp."""


class Happening:
    """A unit of work in which things happen."""

    def __init__(self) -> None:
        self.events: list[DomainEvent] = []
        self.kept: list[DomainEvent] = []

    def happen(self, event: DomainEvent) -> None:
        """Let something happen."""
        self.events.append(event)

    def recorded_events(self) -> Sequence[DomainEvent]:
        """Return what happened, in a list of its own."""
        return list(self.events)

    async def commit(self) -> None:
        """Keep what happened."""
        self.kept.extend(self.events)
        self.events.clear()

    async def rollback(self) -> None:
        """Forget what happened."""
        self.events.clear()


@pytest.fixture
def work() -> Happening:
    """The unit of work of every command."""
    return Happening()


async def bus_of(subscriptions: Subscriptions, work: Happening) -> LocalBus:
    """Return a bus whose one command lights lamps."""
    handlers = Handlers()

    @handlers.handles(Light)
    async def light(command: Light) -> str:
        for room in command.rooms:
            work.happen(LampLit(room=room))
        return "lit"

    @handlers.handles(Look)
    async def look(query: Look) -> str:
        return "bright"

    resolver = GivingResolver({UnitOfWork: work, Shelf: work})
    return await LocalBus.start(
        handlers=[handlers], resolver=resolver, reactions=TransactionReactions(list(subscriptions))
    )


async def test_it_hears_before_the_commit_and_what_it_does_is_committed_too(work: Happening) -> None:
    """Each event once, in order, with the context of the command; its own event is part of the same commit."""
    subscriptions, heard, context = Subscriptions(), list[tuple[str, bool, Context]](), Context()

    @subscriptions.in_transaction("lamps.lit", LampLit)
    async def hear(event: LampLit, shelf: Shelf, context: Context) -> None:
        heard.append((event.room, bool(work.kept), context))
        work.happen(LampOut(room=event.room))

    bus = await bus_of(subscriptions, work)

    assert await bus.send(Light(rooms=("hall", "attic")), context) == "lit"
    assert heard == [("hall", False, context), ("attic", False, context)]
    assert work.kept == [LampLit(room="hall"), LampLit(room="attic"), LampOut(room="hall"), LampOut(room="attic")]


async def test_events_of_a_reaction_are_heard_in_turn(work: Happening) -> None:
    """A chain of reactions ends in one commit."""
    subscriptions, heard = Subscriptions(), list[str]()

    @subscriptions.in_transaction("lamps.lit", LampLit)
    async def put_out(event: LampLit) -> None:
        work.happen(LampOut(room=event.room))

    @subscriptions.in_transaction("lamps.out", LampOut)
    async def note(event: LampOut) -> None:
        heard.append(event.room)

    await (await bus_of(subscriptions, work)).send(Light(rooms=("hall", "attic")))

    assert heard == ["hall", "attic"]


async def test_equal_events_are_two_events(work: Happening) -> None:
    """What happened twice is heard of twice."""
    subscriptions, heard = Subscriptions(), list[str]()

    @subscriptions.in_transaction("lamps.lit", LampLit)
    async def note(event: LampLit) -> None:
        heard.append(event.room)

    await (await bus_of(subscriptions, work)).send(Light(rooms=("hall", "hall")))

    assert heard == ["hall", "hall"]


async def test_its_failure_is_the_commands_failure(work: Happening) -> None:
    """Nothing becomes permanent, neither what the handler did nor what another subscription did."""
    subscriptions = Subscriptions()

    @subscriptions.in_transaction("lamps.first", LampLit)
    async def put_out(event: LampLit) -> None:
        work.happen(LampOut(room=event.room))

    @subscriptions.in_transaction("lamps.second", LampOut)
    async def refuse(event: LampOut) -> None:
        raise Conflict("the lamp is stuck")

    with pytest.raises(Conflict, match="stuck"):
        await (await bus_of(subscriptions, work)).send(Light(rooms=("hall",)))
    assert work.kept == work.events == []


async def test_subscriptions_that_answer_each_other_for_ever_are_refused(work: Happening) -> None:
    """With what to do about it; nothing becomes permanent."""
    subscriptions = Subscriptions()

    @subscriptions.in_transaction("lamps.lit", LampLit)
    async def put_out(event: LampLit) -> None:
        work.happen(LampOut(room=event.room))

    @subscriptions.in_transaction("lamps.out", LampOut)
    async def light(event: LampOut) -> None:
        work.happen(LampLit(room=event.room))

    with pytest.raises(EndlessReaction, match="make one of them durable") as refused:
        await (await bus_of(subscriptions, work)).send(Light(rooms=("hall",)))
    assert not refused.value.retryable
    assert work.kept == work.events == []


async def test_other_kinds_of_subscriptions_are_left_to_others(work: Happening) -> None:
    """Durable and live ones hear after the commit."""
    subscriptions, heard = Subscriptions(), list[str]()

    async def note(event: LampLit) -> None:
        heard.append(event.room)

    subscriptions.durable("lamps.durable", LampLit)(note)
    subscriptions.live("lamps.live", LampLit)(note)

    assert not TransactionReactions(subscriptions)
    await (await bus_of(subscriptions, work)).send(Light(rooms=("hall",)))
    assert heard == []


async def test_a_query_has_no_reactions(work: Happening) -> None:
    """It records nothing."""
    subscriptions = Subscriptions()

    @subscriptions.in_transaction("lamps.lit", LampLit)
    async def refuse(event: LampLit) -> None:
        raise Conflict("nobody should hear of this")

    work.happen(LampLit(room="hall"))

    assert await (await bus_of(subscriptions, work)).send(Look()) == "bright"
