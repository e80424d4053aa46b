"""Forget what was used, once it would not be good any more anyway."""

from datetime import datetime
from typing import Protocol

from colonnade.application.jobs import Scheduler, Schedules
from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.core import Clock

handlers = Handlers()
schedules = Schedules()

_AT_A_TIME = 1000


class MarkRetention(Protocol):
    """Forgets marks, within the unit of work."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Delete marks of what stopped being good before a moment; return how many."""
        ...


class PurgeMarks(Command[int], name="identity.purge_marks", requires=INTERNAL):
    """Delete the marks of what is not good any more; answers how many."""


schedules.cron("identity.purge_marks", "23 * * * *", PurgeMarks)


@handlers.handles(PurgeMarks)
async def purge_marks(command: PurgeMarks, retention: MarkRetention, scheduler: Scheduler, clock: Clock) -> int:
    """Delete some, and the rest in transactions of their own."""
    purged = await retention.purge(clock.now(), _AT_A_TIME)
    if purged == _AT_A_TIME:
        scheduler.send_later(PurgeMarks())
    return purged
