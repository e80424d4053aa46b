"""A command that comes again is answered from memory."""

import asyncio
from collections.abc import Sequence

import pytest

from colonnade.application import Context
from colonnade.application.messaging.behaviours import (
    Idempotency,
    KeyInUse,
    KeyMismatch,
    Retrying,
)
from colonnade.application.messaging.pipeline import Behaviour
from colonnade.core import NotFound, VersionConflict

from .around import bus_around, failing
from .fakes import (
    ADA,
    BEN,
    Forget,
    Greet,
    MemoryIdempotency,
    Rename,
)


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
