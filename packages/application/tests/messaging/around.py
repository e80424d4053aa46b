"""A bus with behaviours around handlers that do what a test says."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from colonnade.application import Handlers, LocalBus
from colonnade.application.messaging.pipeline import Behaviour, Receipts
from colonnade.core import UnitOfWork

from .fakes import (
    Destroy,
    Forget,
    Greet,
    Ledger,
    Me,
    MemoryIdempotency,
    Rename,
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
