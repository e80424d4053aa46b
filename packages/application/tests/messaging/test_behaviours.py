"""Behaviours: authorising, deadlines, idempotency, retrying and observing, each around a real bus."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from colonnade.application import Caller, Context, Handlers, LocalBus
from colonnade.application.messaging import Limits
from colonnade.application.messaging.behaviours import (
    Authorising,
    Deadlines,
    Idempotency,
    KeyInUse,
    KeyMismatch,
    Observing,
    Retrying,
    StepUpRequired,
)
from colonnade.application.messaging.pipeline import Behaviour, Receipts
from colonnade.core import Conflict, Forbidden, NotFound, Unauthenticated, UnitOfWork, VersionConflict
from colonnade.core.errors import DeadlineExceeded

from .fakes import (
    ADA,
    BEN,
    Allowing,
    Destroy,
    Forget,
    Greet,
    Ledger,
    Me,
    MemoryIdempotency,
    MovingClock,
    Rename,
    Right,
    ScopedResolver,
    Self,
    Sweep,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Work = Callable[[], Awaitable[None]]


async def at_once() -> None:
    """Work that takes no time."""


async def bus_around(
    *behaviours: Behaviour,
    work: Work = at_once,
    receipts: MemoryIdempotency | None = None,
    book: list[str] | None = None,
) -> LocalBus:
    """Return a bus whose handlers do the work and then answer."""
    handlers = Handlers()

    @handlers.handles(Destroy)
    async def destroy(command: Destroy) -> str:
        return "destroyed"

    @handlers.handles(Self)
    async def show_self(query: Self) -> str:
        return "yourself"

    @handlers.handles(Greet)
    async def greet(query: Greet) -> str:
        await work()
        return f"hello {query.name}"

    @handlers.handles(Me)
    async def me(query: Me) -> str:
        await work()
        return "you"

    @handlers.handles(Rename)
    async def rename(command: Rename) -> str:
        await work()
        return f"renamed to {command.title}"

    @handlers.handles(Forget)
    async def forget(command: Forget) -> None:
        await work()

    @handlers.handles(Sweep)
    async def sweep(command: Sweep) -> int:
        await work()
        return 7

    ledger = Ledger([] if book is None else book)
    objects = {Receipts: receipts or MemoryIdempotency()}
    resolver = ScopedResolver(objects, {UnitOfWork: lambda: ledger})
    return await LocalBus.start(handlers=[handlers], resolver=resolver, behaviours=behaviours)


def failing(*errors: Exception) -> tuple[Work, list[int]]:
    """Return work that raises each error in turn and then succeeds, and a count of its runs."""
    left, runs = list(errors), list[int]()

    async def work() -> None:
        runs.append(1)
        if left:
            raise left.pop(0)

    return work, runs


async def test_a_public_message_needs_nobody() -> None:
    """The policy is not even asked."""
    policy = Allowing({})
    bus = await bus_around(Authorising(policy))

    assert await bus.send(Greet(name="Ada")) == "hello Ada"
    assert policy.asked == []


async def test_a_message_for_those_who_are_signed_in_needs_somebody() -> None:
    """Anybody will do."""
    bus = await bus_around(Authorising(Allowing({})))

    assert await bus.send(Me(), Context(caller=BEN)) == "you"
    with pytest.raises(Unauthenticated):
        await bus.send(Me(), Context())


async def test_a_permission_is_asked_of_the_policy() -> None:
    """With the message that it is about and with who sends it; a refusal keeps the handler from running."""
    work, runs = failing()
    policy = Allowing({ADA: frozenset({Right.WRITE}), BEN: frozenset({Right.READ})})
    bus = await bus_around(Authorising(policy), work=work)

    assert await bus.send(Rename(title="A"), Context(caller=ADA)) == "renamed to A"
    with pytest.raises(Forbidden):
        await bus.send(Rename(title="B"), Context(caller=BEN))
    with pytest.raises(Unauthenticated):
        await bus.send(Rename(title="C"))
    assert policy.asked == [(Right.WRITE, "tests.rename", ADA), (Right.WRITE, "tests.rename", BEN)]
    assert len(runs) == 1


@pytest.mark.parametrize("context", [Context(), Context(caller=ADA)])
async def test_what_the_service_does_by_itself_is_refused_to_everybody_else(context: Context) -> None:
    """Whoever they are and whatever they may do; the policy is not even asked."""
    work, runs = failing()
    policy = Allowing({ADA: frozenset(Right)})
    bus = await bus_around(Authorising(policy), work=work)

    with pytest.raises(Forbidden, match="only the service itself"):
        await bus.send(Sweep(), context)
    assert runs == []
    assert policy.asked == []


@pytest.mark.parametrize("caller", [None, ADA])
async def test_the_service_itself_needs_nobody(caller: Caller | None) -> None:
    """A job may be on somebody's behalf, or on nobody's."""
    bus = await bus_around(Authorising(Allowing({})))

    assert await bus.send(Sweep(), Context(caller=caller, by_service=True)) == 7


LIMITS = Limits(UUID(int=1), frozenset({Right.READ.value}))
TOKEN = Caller(ADA.user_id, limits=LIMITS)


@pytest.mark.parametrize(("proved", "through"), [(0, True), (600, True), (601, False), (None, False)])
async def test_what_is_sensitive_needs_a_fresh_proof(proved: int | None, through: bool) -> None:
    """For ten minutes after it (RFC 9470); then it is asked for, with how fresh it must be."""
    clock = MovingClock(NOON)
    proved_at = None if proved is None else NOON - timedelta(seconds=proved)
    caller = Caller(ADA.user_id, proved_at=proved_at)
    policy = Allowing({caller: frozenset(Right)})
    bus = await bus_around(Authorising(policy, clock, step_up_seconds=600))

    if through:
        assert await bus.send(Destroy(), Context(caller=caller)) == "destroyed"
        return
    with pytest.raises(StepUpRequired) as refused:
        await bus.send(Destroy(), Context(caller=caller))
    assert refused.value.facts == {"max_age_seconds": 600.0}


async def test_a_token_does_nothing_that_is_sensitive() -> None:
    """Whatever it carries: nobody sits behind it who could prove anything."""
    bus = await bus_around(Authorising(Allowing({TOKEN: frozenset(Right)}), MovingClock(NOON)))
    with pytest.raises(Forbidden, match="not a token"):
        await bus.send(Destroy(), Context(caller=Caller(ADA.user_id, limits=Limits(UUID(int=2), frozenset(Right)))))


async def test_a_token_does_what_it_carries_and_nothing_else() -> None:
    """Even if its owner may; and of what needs no permission only what is open to tokens."""
    bus = await bus_around(Authorising(Allowing({TOKEN: frozenset(Right)})))
    with pytest.raises(Forbidden, match="does not carry"):
        await bus.send(Rename(title="B"), Context(caller=TOKEN))
    with pytest.raises(Forbidden, match="not a token"):
        await bus.send(Me(), Context(caller=TOKEN))
    assert await bus.send(Self(), Context(caller=TOKEN)) == "yourself"


async def test_the_service_may_not_do_more_on_behalf_of_somebody() -> None:
    """What needs a permission needs it in a job as well."""
    bus = await bus_around(Authorising(Allowing({BEN: frozenset({Right.READ})})))

    with pytest.raises(Forbidden):
        await bus.send(Rename(title="B"), Context(caller=BEN, by_service=True))
    with pytest.raises(Unauthenticated):
        await bus.send(Rename(title="B"), Context(by_service=True))


async def test_a_message_without_a_deadline_takes_its_time() -> None:
    """As does one whose deadline is far off."""
    clock = MovingClock(NOON)
    bus = await bus_around(Deadlines(clock))

    assert await bus.send(Greet(name="Ada")) == "hello Ada"
    assert await bus.send(Greet(name="Ada"), Context(deadline=NOON + timedelta(hours=1))) == "hello Ada"


async def test_work_that_outlasts_its_deadline_is_ended() -> None:
    """It is cancelled and rolled back, and the sender learns that it may repeat it."""
    book: list[str] = []

    async def forever() -> None:
        await asyncio.Event().wait()

    bus = await bus_around(Deadlines(MovingClock(NOON)), work=forever, book=book)

    with pytest.raises(DeadlineExceeded) as exceeded:
        await bus.send(Forget(), Context(deadline=NOON + timedelta(milliseconds=1)))
    assert exceeded.value.retryable
    assert book == ["rollback"]


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
async def test_a_deadline_that_has_passed_keeps_the_work_from_starting(late: timedelta) -> None:
    """Nobody waits for it any more."""
    clock, (work, runs) = MovingClock(NOON), failing()
    bus = await bus_around(Deadlines(clock), work=work)
    context = Context(deadline=NOON)
    clock.advance(seconds=late.total_seconds())

    with pytest.raises(DeadlineExceeded):
        await bus.send(Forget(), context)
    assert runs == []


async def test_a_timeout_of_the_work_itself_is_not_the_senders_deadline() -> None:
    """A slow database within time is another failure than a sender who stopped waiting."""
    work, _ = failing(TimeoutError("the database did not answer"))
    bus = await bus_around(Deadlines(MovingClock(NOON)), work=work)

    with pytest.raises(TimeoutError, match="the database did not answer"):
        await bus.send(Forget(), Context(deadline=NOON + timedelta(hours=1)))


async def test_a_lost_race_is_run_again() -> None:
    """From the start, in a unit of work of its own, until it is won."""
    book: list[str] = []
    work, runs = failing(VersionConflict("first"), VersionConflict("second"))
    bus = await bus_around(Retrying(attempts=3, pause_seconds=0), work=work, book=book)

    assert await bus.send(Rename(title="A")) == "renamed to A"
    assert len(runs) == 3
    assert book == ["rollback", "rollback", "commit"]


async def test_a_race_lost_too_often_is_lost() -> None:
    """After the number of attempts that was set, with the last conflict."""
    work, runs = failing(*(VersionConflict(str(number)) for number in range(1, 6)))
    bus = await bus_around(Retrying(attempts=4, pause_seconds=0), work=work)

    with pytest.raises(VersionConflict, match="4"):
        await bus.send(Forget())
    assert len(runs) == 4


@pytest.mark.parametrize("error", [Conflict("taken"), NotFound("gone"), RuntimeError("broken")])
async def test_any_other_failure_is_final(error: Exception) -> None:
    """To repeat it would not help."""
    work, runs = failing(error)
    bus = await bus_around(Retrying(pause_seconds=0), work=work)

    with pytest.raises(type(error)):
        await bus.send(Forget())
    assert len(runs) == 1


async def test_a_query_is_not_run_again() -> None:
    """It has no version to conflict with."""
    work, runs = failing(VersionConflict("odd"))
    bus = await bus_around(Retrying(pause_seconds=0), work=work)

    with pytest.raises(VersionConflict):
        await bus.send(Greet(name="Ada"))
    assert len(runs) == 1


async def test_a_repeated_command_is_answered_from_memory() -> None:
    """It runs once, and the answer is of the same type and content."""
    store, (work, runs) = MemoryIdempotency(), failing()
    bus = await bus_around(Idempotency(store), work=work, receipts=store)
    context = Context(caller=ADA, idempotency_key="k")

    answers = [await bus.send(Rename(title="Ä"), context) for _ in range(3)]

    assert answers == ["renamed to Ä"] * 3
    assert len(runs) == 1


async def test_nothing_is_an_answer_too() -> None:
    """A command that answers with nothing runs once as well."""
    store, (work, runs) = MemoryIdempotency(), failing()
    bus = await bus_around(Idempotency(store), work=work, receipts=store)
    for _ in range(2):
        await bus.send(Forget(), Context(idempotency_key="k"))

    assert len(runs) == 1


async def test_without_a_key_a_command_runs_each_time() -> None:
    """And nothing is remembered."""
    store, (work, runs) = MemoryIdempotency(), failing()
    bus = await bus_around(Idempotency(store), work=work, receipts=store)
    for _ in range(2):
        await bus.send(Forget(), Context(caller=ADA))

    assert len(runs) == 2
    assert store.commands == {}


async def test_a_key_is_its_callers_own() -> None:
    """Two people may choose the same one."""
    store, (work, runs) = MemoryIdempotency(), failing()
    bus = await bus_around(Idempotency(store), work=work, receipts=store)
    for caller in (ADA, BEN):
        await bus.send(Forget(), Context(caller=caller, idempotency_key="k"))

    assert len(runs) == 2


@pytest.mark.parametrize("other", [Rename(title="B"), Forget()])
async def test_a_key_used_for_another_command_is_refused(other: Rename | Forget) -> None:
    """Other content or another kind: both are mistakes of the sender."""
    store = MemoryIdempotency()
    bus = await bus_around(Idempotency(store), receipts=store)
    await bus.send(Rename(title="A"), Context(caller=ADA, idempotency_key="k"))

    with pytest.raises(KeyMismatch):
        await bus.send(other, Context(caller=ADA, idempotency_key="k"))


async def test_a_command_that_failed_may_be_repeated() -> None:
    """It changed nothing, so its key is free again."""
    store, (work, runs) = MemoryIdempotency(), failing(NotFound("not yet"))
    bus = await bus_around(Idempotency(store), work=work, receipts=store)
    context = Context(caller=ADA, idempotency_key="k")
    with pytest.raises(NotFound):
        await bus.send(Rename(title="A"), context)

    assert await bus.send(Rename(title="A"), context) == "renamed to A"
    assert len(runs) == 2


async def test_a_repetition_while_the_first_still_runs_is_refused_and_harmless() -> None:
    """It may be repeated later; the first keeps its key and finishes."""
    store, running, finish = MemoryIdempotency(), asyncio.Event(), asyncio.Event()

    async def until_told() -> None:
        running.set()
        await finish.wait()

    bus = await bus_around(Idempotency(store), work=until_told, receipts=store)
    context = Context(caller=ADA, idempotency_key="k")
    async with asyncio.timeout(5):
        first = asyncio.ensure_future(bus.send(Rename(title="A"), context))
        await running.wait()
        with pytest.raises(KeyInUse) as refused:
            await bus.send(Rename(title="A"), context)
        finish.set()

        assert await first == "renamed to A"
        assert await bus.send(Rename(title="A"), context) == "renamed to A"
    assert refused.value.retryable


async def test_a_query_needs_no_memory() -> None:
    """A key with it is left alone."""
    store = MemoryIdempotency()
    bus = await bus_around(Idempotency(store), receipts=store)
    await bus.send(Greet(name="Ada"), Context(idempotency_key="k"))

    assert store.commands == {}


async def test_a_lost_race_keeps_its_key_while_it_is_run_again() -> None:
    """In the order of the architecture, idempotency is around retrying."""
    store, (work, runs) = MemoryIdempotency(), failing(VersionConflict("once"))
    behaviours: Sequence[Behaviour] = (Idempotency(store), Retrying(pause_seconds=0))
    bus = await bus_around(*behaviours, work=work, receipts=store)
    context = Context(caller=ADA, idempotency_key="k")

    assert [await bus.send(Rename(title="A"), context) for _ in range(2)] == ["renamed to A"] * 2
    assert len(runs) == 2


class Watching:
    """An observer that writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, BaseException | None]] = []

    def started(self, wire_name: str, correlation_id: str) -> str:
        """Hand out a token."""
        return f"{wire_name} {correlation_id}"

    def finished(self, token: str, wire_name: str, seconds: float, error: BaseException | None) -> None:
        """Write it down."""
        assert seconds >= 0
        self.heard.append((token, wire_name, error))


async def test_each_message_is_observed_with_how_it_ended() -> None:
    """With its name and its correlation; a failure goes on to the sender."""
    watching, gone = Watching(), NotFound("gone")
    work, _ = failing(gone)
    bus = await bus_around(Observing(watching), work=work)
    with pytest.raises(NotFound):
        await bus.send(Forget(), Context(correlation_id="1"))
    await bus.send(Greet(name="Ada"), Context(correlation_id="2"))

    assert watching.heard == [("tests.forget 1", "tests.forget", gone), ("tests.greet 2", "tests.greet", None)]
