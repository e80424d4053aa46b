"""A worker that stands still without its knowledge while another one does its work, and then goes on."""

import asyncio
import random
import time
from functools import partial

from chaos.books import Books
from chaos.conftest import Say
from chaos.customers import Customers
from chaos.processes import Worker, Workers, eventually
from chaos.service import effects, subscriptions
from sqlalchemy import func, select

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.subscriptions.tables import subscription_partitions
from colonnade.infrastructure.workers.tables import workers

ROUNDS = 10
DAWDLE_SECONDS = 0.3
SLEEP_SECONDS = 15.0
AFTERWARDS_SECONDS = 3.0
"""Time in which whoever has slept may do harm."""

ALL = sum(subscription.partitions for subscription in subscriptions)
HALF = ALL // 2

_HELD = (
    select(workers.c.process, func.count())
    .join(subscription_partitions, subscription_partitions.c.owner == workers.c.id)
    .group_by(workers.c.process)
)
_COMMITTED = select(func.count()).select_from(effects)


async def test_a_paused_worker_wakes_up(
    staff: Workers, customers: Customers, books: Books, database: Database, say: Say
) -> None:
    """What it was about to commit is refused: nothing is doubled, and nothing lost."""
    began = time.monotonic()
    one, two = await staff.ready("--dawdle-seconds", str(DAWDLE_SECONDS), count=2)
    for _ in range(ROUNDS):
        await eventually(partial(_have, database, {one: HALF, two: HALF}))
        async with customers.busy(pause_seconds=0.2):
            await asyncio.sleep(random.uniform(0.5, 1.0))
            one.pause()
            await eventually(partial(_have, database, {two: ALL}))
            one.wake()
        one, two = two, one
    await books.settle()
    found = await books.balance()
    attempts = sum(len(worker.said()) - 1 for worker in (one, two))
    committed = (await database.fetch(_COMMITTED))[0][0]
    say(
        f"one of two workers paused past its lease: {ROUNDS} times; {attempts - committed} effects refused at the "
        f"commit; {found} ({time.monotonic() - began:.0f} s)"
    )
    assert (found.lost, found.doubled, await books.out_of_order()) == (0, 0, 0)
    assert attempts > committed
    assert (await books.failed_jobs(), await books.set_aside()) == (0, 0)


async def test_a_worker_is_paused_in_its_transaction(
    staff: Workers, customers: Customers, books: Books, say: Say
) -> None:
    """Nobody reads past an open transaction, so the database ends it, and the others go on while it still sleeps."""
    (sleeper,) = await staff.ready("--dawdle-seconds", str(SLEEP_SECONDS))
    await customers.fill()
    await eventually(partial(_has_begun, sleeper))
    sleeper.pause()
    began = time.monotonic()
    await staff.ready()
    for _ in range(ROUNDS):
        await customers.fill()
    seconds = await books.settle()
    meanwhile = await books.balance()
    sleeper.wake()
    await asyncio.sleep(max(0.0, began + SLEEP_SECONDS - time.monotonic()) + AFTERWARDS_SECONDS)
    found = await books.balance()
    say(
        f"a worker paused in the middle of its transactions: once; the other one had done everything after "
        f"{seconds:.0f} s; {found} ({time.monotonic() - began:.0f} s)"
    )
    assert (meanwhile.lost, found.lost, found.doubled, await books.out_of_order()) == (0, 0, 0, 0)


async def _has_begun(worker: Worker) -> bool:
    return len(worker.said()) > 1


async def _have(database: Database, least: dict[Worker, int]) -> bool:
    """Tell whether these workers and no others hold partitions, and at least so many each."""
    held = {row[0]: row[1] for row in await database.fetch(_HELD)}
    wanted = {worker.pid: count for worker, count in least.items()}
    return held.keys() == wanted.keys() and all(held[pid] >= count for pid, count in wanted.items())
