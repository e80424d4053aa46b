"""Workers that are killed in the middle of what they do."""

import asyncio
import random
import time
from collections.abc import Iterator
from itertools import islice

from chaos.books import Books
from chaos.conftest import Say
from chaos.customers import Customers
from chaos.processes import LOOK_SECONDS, Workers

KILLS = 50
AT_A_TIME = 2
LONGEST_LIFE_SECONDS = 1.0
MOMENTS = 40
"""Up to so many things happen to the database between the first effect and the end."""


class Mortal:
    """A worker that will be killed: by itself close to an effect, or by somebody else at some time."""

    def __init__(self, staff: Workers, number: int) -> None:
        self._ends_itself = number % 2 == 0
        options = ("--die-at", str(random.randrange(MOMENTS))) if self._ends_itself else ()
        self._worker = staff.start(*options)
        self._life = random.uniform(0, LONGEST_LIFE_SECONDS)
        self._ready_at: float | None = None

    def is_dead(self) -> bool:
        """Kill it if its time has come; tell whether it is dead."""
        if self._ready_at is None and self._worker.is_ready:
            self._ready_at = time.monotonic()
        if not self._ends_itself and self._ready_at is not None and time.monotonic() - self._ready_at > self._life:
            self._worker.kill()
        return self._worker.is_dead


async def test_workers_are_killed(staff: Workers, customers: Customers, books: Books, say: Say) -> None:
    """Between an effect and its checkpoint, and at any other time: no effect is lost and none is doubled."""
    began = time.monotonic()
    for worker in await staff.ready(count=AT_A_TIME):
        await worker.stop()
    async with customers.busy():
        await _kill_all(Mortal(staff, number) for number in range(KILLS))
    await staff.ready(count=AT_A_TIME)
    await books.settle()
    found = await books.balance()
    say(
        f"workers killed with -9: {KILLS} times, half of them within {MOMENTS} statements and commits of an effect; "
        f"{found} ({time.monotonic() - began:.0f} s)"
    )
    assert (found.lost, found.doubled, await books.out_of_order()) == (0, 0, 0)
    assert not await books.lost_acknowledgements(customers.acknowledged)
    assert (await books.failed_jobs(), await books.set_aside()) == (0, 0)


async def _kill_all(mortals: Iterator[Mortal]) -> None:
    """Have workers, a few at a time, until all of them were killed."""
    alive = list(islice(mortals, AT_A_TIME))
    while alive:
        await asyncio.sleep(LOOK_SECONDS)
        for dead in [mortal for mortal in alive if mortal.is_dead()]:
            alive.remove(dead)
            alive.extend(islice(mortals, 1))
