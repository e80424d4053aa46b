"""Ending a job in the unit of work of the command that it is: the effect and the end of the job are one."""

from pydantic_core import from_json

from colonnade.application.messaging import Context
from colonnade.core import Clock
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.unit_of_work import SqlUnitOfWork
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs.endings import END, follow_up_row, job_ending
from colonnade.infrastructure.jobs.scheduler import JOBS, about, insert_job
from colonnade.infrastructure.jobs.tables import DONE


class JobReceipts:
    """Ends jobs whose effect is in the database."""

    def __init__(self, unit_of_work: SqlUnitOfWork, clock: Clock, database: Database, wakeups: Wakeups) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._insert = insert_job(database)
        self._wakeups = wakeups

    async def keep(self, context: Context, answer: bytes) -> None:
        """End the job, keep its answer, and send what was to follow it, if this attempt still owns it."""
        delivery, now = context.delivery, self._clock.now()
        if delivery is None:
            return
        self._unit_of_work.at_commit_if_owned(END, job_ending(delivery, DONE, now, result=from_json(answer)))
        following = follow_up_row(delivery.job_id, delivery.follow_up, about(context), now)
        if following is not None:
            self._unit_of_work.at_commit(self._insert, following)
            self._unit_of_work.after_commit(lambda: self._wakeups.tell({JOBS}))
