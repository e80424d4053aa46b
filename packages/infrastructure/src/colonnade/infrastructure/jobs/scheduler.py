"""Jobs into the table, in the unit of work of whoever asks for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text, update
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Context, Message
from colonnade.core import Clock, new_id
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.database.unit_of_work import SqlUnitOfWork
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs.tables import CANCELLED, SCHEDULED, WAITING, in_state, jobs

JOBS = "jobs"
"""The topic of the wake-ups that say that there are jobs."""

_table = jobs.c
_PENDING: Any = text("state IN ('scheduled', 'waiting')")  # text stands for a condition
_INSERTS = {
    kind.__name__: kind.insert(jobs).on_conflict_do_nothing(index_elements=[_table.unique_key], index_where=_PENDING)
    for kind in (postgresql, sqlite)
}
_CANCEL = (
    update(jobs)
    .where(_table.unique_key == bindparam("of_key"), in_state(SCHEDULED, WAITING))
    .values(state=CANCELLED, finished_at=bindparam("now", type_=UtcDateTime), keep_until=bindparam("now"))
)


class SqlScheduler:
    """Adds jobs to what a unit of work commits. While the past is told again, nothing is sent because of it."""

    def __init__(
        self, unit_of_work: SqlUnitOfWork, context: Context, clock: Clock, database: Database, wakeups: Wakeups
    ) -> None:
        self._unit_of_work = unit_of_work
        self._context = context
        self._clock = clock
        self._insert = insert_job(database)
        self._wakeups = wakeups

    def send_later(
        self,
        message: Message[Any],
        *,
        at: datetime | None = None,
        unique: str | None = None,
        job_id: JobId | None = None,
        then: Message[Any] | None = None,
    ) -> JobId:
        """Send a message once the unit of work is committed and its time has come."""
        made = job_id or new_id(JobId)
        if self._context.replaying:
            return made
        now = self._clock.now()
        row = job_row(message, self._context, job_id=made, now=now, at=at, unique=unique, then=then)
        self._unit_of_work.at_commit(self._insert, row)
        self._unit_of_work.after_commit(lambda: self._wakeups.tell({JOBS}))
        return made

    def cancel(self, unique: str) -> None:
        """Take back the job that waits with this key, if there is one."""
        if self._context.replaying:
            return
        self._unit_of_work.at_commit(_CANCEL, {"of_key": unique, "now": self._clock.now()})


def insert_job(database: Database) -> Any:  # an insert of the engine's own dialect
    """Return the statement that adds a job unless another one waits with its key."""
    return _INSERTS[(postgresql if database.is_postgresql else sqlite).__name__]


def job_row(
    message: Message[Any],
    context: Context,
    *,
    job_id: JobId,
    now: datetime,
    at: datetime | None = None,
    unique: str | None = None,
    then: Message[Any] | None = None,
) -> dict[str, Any]:  # values of the columns
    """Return the row of a job.

    Args:
        message: What is sent.
        context: Of whom and because of what.
        job_id: Identity of the job.
        now: The present moment.
        at: When it is due; at once if not said.
        unique: Key that no other waiting job may have.
        then: What is sent when it has ended.
    """
    options, due = type(message).job_options, at or now
    return {
        "id": job_id,
        "name": message.wire_name,
        "message": message.model_dump(mode="json"),
        "context": about(context),
        "queue": options.queue,
        "priority": options.priority,
        "unique_key": unique,
        "state": SCHEDULED if due > now else WAITING,
        "due_at": due,
        "attempts": 0,
        "failures": 0,
        "created_at": now,
        "follow_up": None if then is None else _follow_up(then),
    }


def _follow_up(message: Message[Any]) -> dict[str, Any]:  # JSON values
    options = type(message).job_options
    return {
        "name": message.wire_name,
        "message": message.model_dump(mode="json"),
        "queue": options.queue,
        "priority": options.priority,
    }


def about(context: Context) -> dict[str, str]:
    """Return what is kept of the circumstances of a message that is sent later."""
    about = {"correlation_id": context.correlation_id}
    if context.causation_id is not None:
        about["causation_id"] = context.causation_id
    if context.caller is not None:
        about["caller"] = str(context.caller.user_id)
    return about
