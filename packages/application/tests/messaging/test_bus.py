"""The bus in one process: who gets what, and what becomes permanent."""

import asyncio
from typing import Protocol

import pytest

from colonnade.application import Caller, Context, Handlers, LocalBus, Message
from colonnade.application.messaging import StaticResolver, Subject
from colonnade.application.messaging.pipeline import Call, Receipts
from colonnade.core import Clock, Conflict, NotFound, SystemClock, Unauthenticated, UnitOfWork, VersionConflict

from .fakes import ADA, Forget, Greet, Ledger, Me, MemoryIdempotency, Rename, ScopedResolver


class Shelf(Protocol):
    """Something that a handler needs anew for each message."""


class Kept(Conflict):
    """A refusal that was itself recorded."""

    code = "tests.kept"
    keeps_changes = True


class Named:
    """A behaviour that writes its name down before and after."""

    def __init__(self, name: str, book: list[str]) -> None:
        self._name = name
        self._book = book

    def around(self, kind: type[Message[object]], call: Call) -> Call:
        """Write the name around the call."""

        async def noted(message: object, context: Context) -> object:
            self._book.append(f"{self._name} in")
            answer = await call(message, context)
            self._book.append(f"{self._name} out")
            return answer

        return noted


@pytest.fixture
def book() -> list[str]:
    """What happened, in its order."""
    return []


@pytest.fixture
def ledger(book: list[str]) -> Ledger:
    """The unit of work of every command."""
    return Ledger(book)


@pytest.fixture
def receipts() -> MemoryIdempotency:
    """Where answers are kept."""
    return MemoryIdempotency()


@pytest.fixture
def resolver(ledger: Ledger, receipts: MemoryIdempotency) -> ScopedResolver:
    """A container with a clock for all, and a shelf and a unit of work for each message."""
    return ScopedResolver({Clock: SystemClock(), Receipts: receipts}, {Shelf: object, UnitOfWork: lambda: ledger})


async def test_a_message_is_answered_by_its_handler(resolver: ScopedResolver) -> None:
    """With what the handler asks for beside it, by type."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet(query: Greet, context: Context, clock: Clock) -> str:
        return f"hello {query.name}, {context.correlation_id}, {isinstance(clock, SystemClock)}"

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)

    assert await bus.send(Greet(name="Ada"), Context(correlation_id="42")) == "hello Ada, 42, True"


async def test_a_query_on_what_lives_as_long_as_the_application_opens_no_scope(resolver: ScopedResolver) -> None:
    """Its dependencies are looked up once, at start-up."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet(query: Greet, clock: Clock) -> str:
        return query.name

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)
    resolver.objects = {}

    assert await bus.send(Greet(name="Ada")) == "Ada"
    assert resolver.opened == []


async def test_what_lives_as_long_as_a_message_is_made_once_for_each(resolver: ScopedResolver) -> None:
    """Two parameters of one type get the same object, two messages do not."""
    handlers, seen = Handlers(), []

    @handlers.handles(Greet)
    async def greet(query: Greet, one: Shelf, other: Shelf) -> str:
        seen.append((one, other))
        return query.name

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)
    for _ in range(2):
        await bus.send(Greet(name="Ada"))

    (first, first_again), (second, second_again) = seen
    assert first is first_again
    assert second is second_again
    assert first is not second


async def test_a_scope_knows_the_message_and_its_context(resolver: ScopedResolver) -> None:
    """So that what is made for it can be limited to the caller's tenant."""
    handlers, context, query = Handlers(), Context(caller=ADA), Greet(name="Ada")

    @handlers.handles(Greet)
    async def greet(query: Greet, shelf: Shelf) -> str:
        return query.name

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)
    await bus.send(query, context)

    assert resolver.opened == [{Subject: query, Context: context}]


async def test_a_bus_knows_its_messages_by_name(resolver: ScopedResolver) -> None:
    """What was written down under a name can be sent again."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet(query: Greet) -> str:
        return query.name

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)

    assert dict(bus.kinds()) == {"tests.greet": Greet}


async def test_a_handler_gets_the_caller_or_nobody_gets_through(resolver: ScopedResolver) -> None:
    """Even with no behaviour around it."""
    handlers = Handlers()

    @handlers.handles(Me)
    async def me(query: Me, caller: Caller) -> str:
        return str(caller.user_id)

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)

    assert await bus.send(Me(), Context(caller=ADA)) == str(ADA.user_id)
    with pytest.raises(Unauthenticated):
        await bus.send(Me())


async def test_behaviours_stand_around_the_handler_in_the_order_given(
    resolver: ScopedResolver, book: list[str]
) -> None:
    """The first is the outermost, and the unit of work is inside all of them."""
    handlers = Handlers()

    @handlers.handles(Forget)
    async def forget(command: Forget) -> None:
        book.append("handler")

    behaviours = [Named("outer", book), Named("inner", book)]
    bus = await LocalBus.start(handlers=[handlers], resolver=resolver, behaviours=behaviours)
    await bus.send(Forget())

    assert book == ["outer in", "inner in", "handler", "commit", "inner out", "outer out"]


async def test_a_command_commits_once_after_its_handler(resolver: ScopedResolver, book: list[str]) -> None:
    """And the answer comes after the commit."""
    handlers = Handlers()

    @handlers.handles(Rename)
    async def rename(command: Rename) -> str:
        book.append("handler")
        return command.title

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)

    assert await bus.send(Rename(title="A")) == "A"
    assert book == ["handler", "commit"]


async def test_a_query_has_no_unit_of_work(resolver: ScopedResolver, book: list[str]) -> None:
    """It changes nothing, so there is nothing to commit."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet(query: Greet, shelf: Shelf) -> str:
        return query.name

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)
    await bus.send(Greet(name="Ada"))

    assert book == []


@pytest.mark.parametrize("error", [NotFound("gone"), RuntimeError("broken"), asyncio.CancelledError()])
async def test_a_command_that_fails_is_rolled_back(
    resolver: ScopedResolver, book: list[str], error: BaseException
) -> None:
    """Whether it was refused, broke or was cancelled; the failure reaches the sender as it is."""
    handlers = Handlers()

    @handlers.handles(Forget)
    async def forget(command: Forget) -> None:
        raise error

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)

    with pytest.raises(type(error)) as raised:
        await bus.send(Forget())
    assert raised.value is error
    assert book == ["rollback"]


async def test_a_refusal_that_keeps_its_changes_is_committed(resolver: ScopedResolver, book: list[str]) -> None:
    """And is a refusal all the same."""
    handlers = Handlers()

    @handlers.handles(Forget)
    async def forget(command: Forget) -> None:
        raise Kept("no, and that was noted")

    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)

    with pytest.raises(Kept):
        await bus.send(Forget())
    assert book == ["commit"]


async def test_a_commit_that_loses_a_race_is_rolled_back(
    resolver: ScopedResolver, ledger: Ledger, book: list[str]
) -> None:
    """Nothing was written, and the sender learns of it."""
    handlers = Handlers()

    @handlers.handles(Forget)
    async def forget(command: Forget) -> None:
        return None

    ledger.conflicts.append(VersionConflict("somebody was faster"))
    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)

    with pytest.raises(VersionConflict):
        await bus.send(Forget())
    assert book == ["commit", "rollback"]


async def test_the_answer_to_a_command_with_a_key_is_kept_in_its_unit_of_work(
    resolver: ScopedResolver, receipts: MemoryIdempotency, ledger: Ledger
) -> None:
    """Before the commit, so that the change and the memory of it are one."""
    handlers, context = Handlers(), Context(caller=ADA, idempotency_key="k")

    @handlers.handles(Rename)
    async def rename(command: Rename) -> str:
        return command.title

    ledger.conflicts.append(VersionConflict("the commit comes last"))
    bus = await LocalBus.start(handlers=[handlers], resolver=resolver)
    with pytest.raises(VersionConflict):
        await bus.send(Rename(title="Ä"), context)

    assert receipts.answers == {(ADA, "k"): '"Ä"'.encode()}


async def test_a_service_without_a_unit_of_work_has_commands_all_the_same() -> None:
    """Ready-made objects are enough for a small one."""
    handlers, titles = Handlers(), list[str]()

    @handlers.handles(Rename)
    async def rename(command: Rename, shelf: list) -> str:  # type: ignore[type-arg]  # the key of the resolver
        shelf.append(command.title)
        return command.title

    bus = await LocalBus.start(handlers=[handlers], resolver=StaticResolver({list: titles}))
    await bus.send(Rename(title="A"))

    assert titles == ["A"]


def test_each_context_has_a_correlation_of_its_own() -> None:
    """Unless one is given."""
    assert Context().correlation_id != Context().correlation_id
    assert Context(correlation_id="7").correlation_id == "7"
