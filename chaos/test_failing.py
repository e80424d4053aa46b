"""Events that cannot be handled: by a handler that always fails, and by a release that does not know them yet."""

import time

from chaos.books import Books
from chaos.conftest import Say
from chaos.customers import Customers
from chaos.processes import Workers, eventually
from chaos.service import JOB, JOB_OF_REACTION, QUICK, REACTION, effects, resolver_of
from sqlalchemy import select, update

from colonnade.application.messaging import LocalBus
from colonnade.application.operations import (
    JobState,
    ListDeadLetters,
    ListJobs,
    ParkedState,
    ReplayDeadLetter,
    RetryJob,
)
from colonnade.core import CursorCodec
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.event_log import event_log
from colonnade.infrastructure.operations import HANDLERS as OPERATIONS

JARS, COINS = 100, 5
BAD = {8, 58, 59, 401}
"""Coins that cannot be counted, of three jars."""

WAITING = {1, 2, 3, 4, 5, 8, 9, 10, 58, 59, 60, 401, 402, 403, 404, 405}
"""What is set aside: the first jar, whose first event is of an unknown version, and what follows the bad coins."""

STREAMS = 4
LIMIT = QUICK.attempts
"""After how many attempts anything else is given up."""

FUTURE = 99


async def test_some_events_cannot_be_handled(
    staff: Workers, customers: Customers, database: Database, books: Books, say: Say
) -> None:
    """They are set aside with what follows them in their streams; all others are handled, and they are in the end."""
    began = time.monotonic()
    (first,) = await staff.ready()
    await first.stop()
    await customers.fill(COINS)
    beginning = event_log.c.stream_version == 1
    await database.write(update(event_log).where(beginning).values(schema_version=FUTURE))
    (failing,) = await staff.ready("--fails-at", *map(str, sorted(BAD)))
    for _ in range(JARS - 1):
        await customers.fill(COINS)
    bus = await LocalBus.start(
        handlers=OPERATIONS, resolver=resolver_of(database, objects={CursorCodec: CursorCodec(b"chaos")})
    )
    everything = set(range(1, JARS * COINS + 1))
    expected = {(kind, number) for kind in (REACTION, JOB_OF_REACTION) for number in everything - WAITING}
    expected |= {(JOB, number) for number in everything - BAD}
    await eventually(lambda: _has_given_up(bus))
    await eventually(lambda: _have_done(database, expected))
    set_aside = await books.set_aside()
    await failing.stop()

    await database.write(update(event_log).where(beginning).values(schema_version=1))
    await staff.ready()
    for letter in (await bus.send(ListDeadLetters())).items:
        await bus.send(ReplayDeadLetter(dead_letter_id=letter.id))
    for job in (await bus.send(ListJobs(state=JobState.FAILED))).items:
        await bus.send(RetryJob(job_id=job.id))
    await books.settle()
    found = await books.balance()
    say(
        f"a handler that always fails at {len(BAD)} of {JARS * COINS} events, and one event of an unknown version: "
        f"{set_aside} events of {STREAMS} streams set aside, all others handled; after the replay {found} "
        f"({time.monotonic() - began:.0f} s)"
    )
    assert set_aside == len(WAITING)
    assert (found.lost, found.doubled, await books.out_of_order(), await books.set_aside()) == (0, 0, 0, 0)


async def _has_given_up(bus: LocalBus) -> bool:
    """Tell whether all that fails was tried for the last time; what is not known is tried for as long as it takes."""
    letters, jobs = await bus.send(ListDeadLetters()), await bus.send(ListJobs(state=JobState.FAILED))
    unknown = await bus.send(ListDeadLetters(state=ParkedState.RETRYING))
    waiting = [letter for letter in unknown.items if letter.error_code == "unknown_event" and letter.attempts > LIMIT]
    return (len(letters.items), len(waiting), len(jobs.items)) == (STREAMS - 1, 1, len(BAD))


async def _have_done(database: Database, expected: set[tuple[str, int]]) -> bool:
    """Tell whether exactly these effects are there."""
    rows = await database.fetch(select(effects.c.kind, effects.c.number))
    return {(row.kind, row.number) for row in rows} == expected
