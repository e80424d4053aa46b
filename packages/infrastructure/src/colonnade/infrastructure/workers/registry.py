"""The lease of a worker process: what it holds (partitions, jobs) is its own while it keeps saying that it is there.

A worker that stops saying so, because it died, was paused or lost the database, loses what it holds to the others. It
need not notice: whatever it then tries to commit carries a fencing token that is no longer right.
"""

import os
import socket
from typing import NamedTuple, NewType
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update

from colonnade.core import Clock, new_id
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.moments import seconds_now
from colonnade.infrastructure.workers.tables import workers

_FORGOTTEN_SECONDS = 86_400

_table = workers.c
_RENEW = (
    update(workers)
    .where(_table.id == bindparam("worker_id"))
    .values(leased_until=seconds_now() + bindparam("lease_seconds"))
    .returning(_table.id)
)
_END = update(workers).where(_table.id == bindparam("worker_id")).values(leased_until=seconds_now())
_ALIVE = select(func.count()).select_from(workers).where(_table.leased_until > seconds_now())
_SWEEP = delete(workers).where(_table.leased_until < seconds_now() - _FORGOTTEN_SECONDS)
_LIST = select(
    _table.id, _table.host, _table.process, _table.started_at, (_table.leased_until > seconds_now()).label("alive")
).order_by(_table.started_at, _table.id)


WorkerId = NewType("WorkerId", UUID)


class WorkerState(NamedTuple):
    """A worker process, as operators see it."""

    id: UUID
    host: str
    process: int
    started_at: object
    alive: bool


class WorkerLease:
    """This process among the workers.

    Attributes:
        worker_id: Identity of the process; made anew with each start.
        lease_seconds: How long it may be silent before the others take over.
    """

    def __init__(self, database: Database, clock: Clock, *, lease_seconds: float = 6.0) -> None:
        self.worker_id = new_id(WorkerId)
        self.lease_seconds = lease_seconds
        self._database = database
        self._clock = clock

    async def renew(self) -> None:
        """Say that this process is there, for the first time or again.

        Raises:
            Unavailable: The database does not answer.
        """
        renewal = {"worker_id": self.worker_id, "lease_seconds": self.lease_seconds}
        if await self._database.write(_RENEW, renewal):
            return
        row = {
            "id": self.worker_id,
            "host": socket.gethostname(),
            "process": os.getpid(),
            "started_at": self._clock.now(),
            "leased_until": 0,
        }
        await self._database.write(workers.insert(), row)
        await self._database.write(_RENEW, renewal)

    async def end(self) -> None:
        """Give everything up at once."""
        await self._database.write(_END, {"worker_id": self.worker_id})
        await self._database.write(_SWEEP)

    async def alive(self) -> int:
        """Return how many workers there are."""
        return int((await self._database.fetch(_ALIVE))[0][0])


async def list_workers(database: Database) -> list[WorkerState]:
    """Return the workers of the last day, the oldest first."""
    return [WorkerState(*row) for row in await database.fetch(_LIST)]
