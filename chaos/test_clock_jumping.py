"""Workers whose clocks are wrong by hours, each time by others."""

import asyncio
import time

from chaos.books import Books
from chaos.conftest import Say
from chaos.customers import Customers
from chaos.processes import Workers

HOURS = 5
WORK_SECONDS = 20.0
STUMBLES = 0.1
"""How often what is done fails, so that it has to be tried again at some time."""


async def test_clocks_jump(staff: Workers, customers: Customers, books: Books, say: Say) -> None:
    """Leases do not depend on them; whatever is put off too far is done when the time has come after all."""
    began = time.monotonic()
    confused = await staff.ready("--wrong-hours", str(-HOURS), str(HOURS), "--stumbles", str(STUMBLES), count=2)
    async with customers.busy(at_a_time=2, pause_seconds=0.1):
        await asyncio.sleep(WORK_SECONDS)
    await books.settle(seconds=10)
    left = await books.balance()
    for worker in confused:
        await worker.stop()
    (late,) = await staff.ready("--wrong-hours", str(2 * HOURS), str(2 * HOURS))
    await books.settle()
    found = await books.balance()
    await late.stop()
    say(
        f"clocks of two workers jumping by up to {HOURS} hours either way: for {WORK_SECONDS:.0f} s; {found}, "
        f"{left.lost} of them put off until the hours had passed ({time.monotonic() - began:.0f} s)"
    )
    assert (found.lost, found.doubled, await books.out_of_order()) == (0, 0, 0)
    assert not await books.lost_acknowledgements(customers.acknowledged)
    assert (await books.failed_jobs(), await books.set_aside()) == (0, 0)
