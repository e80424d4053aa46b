"""A database that crashes under load and comes back."""

import asyncio
import time

from chaos.books import Books
from chaos.conftest import Say
from chaos.customers import Customers
from chaos.processes import Workers
from chaos.servers import Postgres

CRASHES = 10
WORK_SECONDS = 4.0
AWAY_SECONDS = 1.0


async def test_the_database_is_restarted_under_load(
    server: Postgres, staff: Workers, customers: Customers, books: Books, say: Say
) -> None:
    """Whatever was acknowledged is there, and so are its event, its job and its effects."""
    began = time.monotonic()
    await staff.ready(count=2)
    async with customers.busy(at_a_time=4, pause_seconds=0.1):
        for _ in range(CRASHES):
            await asyncio.sleep(WORK_SECONDS)
            await asyncio.to_thread(server.restart, AWAY_SECONDS)
        await asyncio.sleep(WORK_SECONDS)
    settled = await books.settle()
    found, lost = await books.balance(), await books.lost_acknowledgements(customers.acknowledged)
    say(
        f"PostgreSQL crashed under load: {CRASHES} times; of {len(customers.acknowledged)} acknowledged changes {lost} "
        f"lost; of their effects {found}; settled {settled:.0f} s after ({time.monotonic() - began:.0f} s)"
    )
    assert customers.unanswered > 0
    assert (lost, found.lost, found.doubled, await books.out_of_order()) == (0, 0, 0, 0)
    assert (await books.failed_jobs(), await books.set_aside()) == (0, 0)
