"""A subscription that cannot be called is found at start-up, with all others that cannot."""

from collections.abc import Sequence

import pytest

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import Caller, Context, RegistrationError
from colonnade.application.subscriptions import Generation, Mode, Subscription, Subscriptions
from colonnade.application.subscriptions.compiled import check, compile_forget, compile_reaction
from colonnade.core import DomainEvent, RecordedEvent, UnitOfWork

from .fakes import GivingResolver, GivingScope, LampLit, LampOut, Missing, Shelf

SHELF = object()


class Transaction:
    """What is a unit of work without saying so."""

    def recorded_events(self) -> Sequence[DomainEvent]:
        """Nothing happened."""
        return []

    async def commit(self) -> None:
        """Keep it."""

    async def rollback(self) -> None:
        """Forget it."""


RESOLVER = GivingResolver(dict.fromkeys((Shelf, UnitOfWork, Transaction, Scheduler), SHELF))


def faults_of(subscriptions: Subscriptions) -> tuple[str, ...]:
    """Return what keeps subscriptions from being run."""
    with pytest.raises(RegistrationError) as refused:
        check(subscriptions, RESOLVER)
    return refused.value.faults


def test_what_can_be_called_is_returned_as_it_is() -> None:
    """The context always, a generation and the recorded event where they are, the rest from the resolver."""
    subscriptions = Subscriptions()

    @subscriptions.durable("lamps.durable", LampLit)
    async def one(event: LampLit, recorded: RecordedEvent, context: Context, shelf: Shelf) -> None: ...

    @subscriptions.durable("lamps.batch", LampLit, batch=True)
    async def many(events: Sequence[RecordedEvent], generation: Generation, shelf: Shelf) -> None: ...

    @subscriptions.live("lamps.live", LampLit)
    async def live(event: LampLit, recorded: RecordedEvent, context: Context) -> None: ...

    @subscriptions.in_transaction("lamps.together", LampLit)
    async def together(event: LampLit, context: Context, shelf: Shelf) -> None: ...

    assert check(subscriptions, RESOLVER) == list(subscriptions)


def test_every_fault_is_listed_at_once() -> None:
    """Whoever mends them starts the service once more, not once for each."""
    subscriptions = Subscriptions()

    async def forget(generation: Generation, missing: Missing) -> None: ...

    @subscriptions.durable("lamps.same", LampLit)
    async def first(event: LampLit) -> None: ...

    @subscriptions.live("lamps.same", LampLit)
    async def second(event: LampLit) -> None: ...

    @subscriptions.durable("lamps.nothing")
    async def nothing(event: LampLit) -> None: ...

    @subscriptions.durable("lamps.missing", LampLit)
    async def missing(event: LampLit, missing: Missing) -> None: ...

    @subscriptions.durable("lamps.caller", LampLit)
    async def caller(event: LampLit, caller: Caller) -> None: ...

    @subscriptions.projection("lamps.board", LampLit, forget=forget)
    async def board(events: Sequence[RecordedEvent]) -> None: ...

    @subscriptions.durable("lamps.plain", LampLit)  # type: ignore[arg-type]  # one of the faults
    def plain(event: LampLit) -> None: ...

    faults = faults_of(subscriptions)

    for words in (
        "two subscriptions are called lamps.same: rename one",
        "nothing (lamps.nothing) names no event",
        "missing asks for Missing, which nothing provides",
        "caller asks for the Caller, but an event may have none: ask for the Context instead",
        "forget asks for Missing, which nothing provides",
        "plain is not an async function: write 'async def'",
    ):
        assert any(words in fault for fault in faults), words
    assert len(faults) == 6


@pytest.mark.parametrize("asked", [RecordedEvent, Generation])
def test_what_is_not_recorded_yet_cannot_be_asked_for_as_recorded(asked: type[object]) -> None:
    """In the transaction there is no position, no id and no generation; a batch is not one recorded event."""
    subscriptions = Subscriptions()

    async def react(event: LampLit, wanted: object) -> None: ...

    react.__annotations__["wanted"] = asked
    subscriptions.in_transaction("lamps.together", LampLit)(react)
    if asked is RecordedEvent:
        subscriptions.durable("lamps.batch", LampLit, batch=True)(react)

    faults = faults_of(subscriptions)

    assert len(faults) == len(list(subscriptions))
    assert all(f"asks for {asked.__name__}, which nothing provides" in fault for fault in faults)


@pytest.mark.parametrize("asked", [UnitOfWork, Transaction, Scheduler])
def test_what_has_no_unit_of_work_cannot_ask_for_one(asked: type[object]) -> None:
    """A live subscription and one with an effect outside would keep something that nobody commits; others may."""
    subscriptions = Subscriptions()

    async def react(event: LampLit, wanted: object) -> None: ...

    react.__annotations__["wanted"] = asked
    subscriptions.live("lamps.live", LampLit)(react)
    subscriptions.durable("lamps.outside", LampLit, outside=True)(react)
    subscriptions.durable("lamps.durable", LampLit)(react)
    subscriptions.in_transaction("lamps.together", LampLit)(react)

    faults = faults_of(subscriptions)

    assert len(faults) == 2
    for fault, name in zip(faults, ("lamps.live", "lamps.outside"), strict=True):
        assert f"({name}) asks for {asked.__name__}, which nobody commits" in fault


async def test_a_reaction_gets_the_event_then_what_it_asks_for() -> None:
    """What is given comes before what the scope has."""
    heard: list[object] = []

    async def react(event: LampLit, shelf: Shelf, context: Context) -> None:
        heard.extend((event, shelf, context))

    event, context = LampLit(room="hall"), Context()
    scope = GivingScope({Shelf: SHELF, Context: Context()})
    subscription = Subscription("lamps.lit", (LampLit,), Mode.DURABLE, react)
    await compile_reaction(subscription)(event, {Context: context}, scope)

    assert heard == [event, SHELF, context]
    assert compile_forget(subscription) is None


async def test_a_failure_of_a_reaction_is_the_callers_to_handle() -> None:
    """It is neither wrapped nor swallowed."""

    async def react(event: DomainEvent) -> None:
        raise LookupError("no such room")

    for compiled in (
        compile_reaction(Subscription("lamps.out", (LampOut,), Mode.LIVE, react)),
        compile_forget(Subscription("lamps.board", (LampOut,), Mode.DURABLE, react, forget=react)),
    ):
        assert compiled is not None
        with pytest.raises(LookupError, match="no such room"):
            await compiled(LampOut(room="hall"), {}, GivingScope({}))
