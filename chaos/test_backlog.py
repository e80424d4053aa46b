"""A worker that was away for a long time."""

import time
from functools import partial
from uuid import uuid4

from chaos.books import Books, balance
from chaos.conftest import Say
from chaos.processes import Workers, eventually
from chaos.service import PENNY, PennyDropped, effects
from sqlalchemy import func, select

from colonnade.core import SystemClock, new_id
from colonnade.core.events import EventId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.event_log import NewEvent, append

PENNIES = 100_000
AT_A_TIME = 1_000
MORE_MEBIBYTES = 24
"""What a page of events and garbage may cost."""

_SWEPT = select(func.count()).select_from(effects).where(effects.c.kind == PENNY)
_NUMBERS = select(effects.c.number).where(effects.c.kind == PENNY)


async def test_a_worker_finds_a_backlog(staff: Workers, database: Database, books: Books, say: Say) -> None:
    """It works through it page by page: its memory does not grow."""
    (first,) = await staff.ready()
    await first.stop()
    for start in range(0, PENNIES, AT_A_TIME):
        events = _pennies(range(start, start + AT_A_TIME))
        await database.transact(partial(append, events=events, announced=()))
    (worker,) = await staff.ready()
    began, at_start = time.monotonic(), worker.memory()
    await eventually(lambda: _are_swept(database))
    seconds, peak = time.monotonic() - began, worker.memory("VmHWM")
    found = balance(range(PENNIES), [row[0] for row in await database.fetch(_NUMBERS)])
    say(
        f"backlog of {PENNIES} events: once, in {seconds:.0f} s; memory {at_start:.0f} MiB at the start, "
        f"{peak:.0f} MiB at the peak; {found}"
    )
    assert (found.lost, found.doubled, await books.set_aside()) == (0, 0, 0)
    assert peak - at_start < MORE_MEBIBYTES


async def _are_swept(database: Database) -> bool:
    return int((await database.fetch(_SWEPT))[0][0]) >= PENNIES


def _pennies(numbers: range) -> list[NewEvent]:
    stream, now = f"purse-{uuid4()}", SystemClock().now()
    return [
        NewEvent(
            event_id=new_id(EventId),
            stream=stream,
            stream_version=version,
            type=PennyDropped.event_type,
            schema_version=PennyDropped.schema_version,
            data=PennyDropped(number=number).model_dump_json().encode(),
            metadata="{}",
            recorded_at=now,
        )
        for version, number in enumerate(numbers, 1)
    ]
