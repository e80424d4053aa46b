"""Which jobs this process runs: taken with SKIP LOCKED, given back, rescued from the dead, and ended."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    update,
)

from colonnade.application.messaging import Delivery
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.jobs.endings import END, IS_OWNED, follow_up_row, job_ending
from colonnade.infrastructure.jobs.scheduler import insert_job
from colonnade.infrastructure.jobs.tables import (
    DONE,
    FAILED,
    RUNNING,
    SCHEDULED,
    WAITING,
    in_state,
    job_queues,
    jobs,
)
from colonnade.infrastructure.workers.tables import live_workers

_table, _queues = jobs.c, job_queues.c
_now = bindparam("now", type_=UtcDateTime)
_twin = jobs.alias("twin")
_PAUSED = select(_queues.name).where(_queues.paused)
_HELD_BACK = select(_queues.name).where(or_(_queues.paused, _queues.running_limit.is_not(None)))
_LIMITED = (
    select(_queues.name, _queues.running_limit)
    .where(~_queues.paused, _queues.running_limit.is_not(None))
    .order_by(_queues.name)
)
_ANY_LIMITED = Prepared(_LIMITED)
_RUNNING = (
    select(_table.queue, func.count().label("running"))
    .where(in_state(RUNNING), _table.queue.in_(bindparam("limited", expanding=True)))
    .group_by(_table.queue)
)
_PROMOTE = update(jobs).where(in_state(SCHEDULED), _table.due_at <= _now).values(state=WAITING)
_NEXT_AT = Prepared(select(func.min(_table.due_at)).where(in_state(SCHEDULED)))
_WAITS_ELSEWHERE = and_(_twin.c.unique_key == _table.unique_key, in_state(SCHEDULED, WAITING, of=_twin))
_IS_RESCUED_TOO = and_(
    _twin.c.unique_key == _table.unique_key,
    in_state(RUNNING, of=_twin),
    _twin.c.worker_id.not_in(live_workers()),
    _twin.c.id < _table.id,
)
_KEY_IF_FREE = case((exists().where(_WAITS_ELSEWHERE), null()), else_=_table.unique_key)
_RESCUE = (
    update(jobs)
    .where(in_state(RUNNING), _table.worker_id.not_in(live_workers()))
    .values(
        state=WAITING,
        worker_id=None,
        failures=_table.failures + 1,
        error_code="worker_gone",
        error="the worker that ran it died, or was paused for longer than its lease",
        unique_key=case(
            (or_(exists().where(_WAITS_ELSEWHERE), exists().where(_IS_RESCUED_TOO)), null()), else_=_table.unique_key
        ),
    )
    .returning(_table.id)
)
_STRAYED = and_(
    in_state(RUNNING),
    _table.worker_id == bindparam("of_worker", type_=Uuid),
    _table.id.not_in(bindparam("known", type_=Uuid, expanding=True)),
)
_SELECT_STRAYED = select(_table.id, _table.attempts).where(_STRAYED)
_GIVE_BACK = update(jobs).where(IS_OWNED).values(state=WAITING, worker_id=None, unique_key=_KEY_IF_FREE)
_RETRY = (
    update(jobs)
    .where(IS_OWNED)
    .values(
        state=case((bindparam("new_due_at", type_=UtcDateTime) > _now, SCHEDULED), else_=WAITING),
        worker_id=None,
        due_at=bindparam("new_due_at", type_=UtcDateTime),
        failures=bindparam("new_failures", type_=Integer),
        unique_key=_KEY_IF_FREE,
        error_code=bindparam("new_error_code", type_=Text),
        error=bindparam("new_error", type_=Text),
    )
)
_END_ALONE = Prepared(END)
_EXPIRE = delete(jobs).where(_table.finished_at.is_not(None), _table.keep_until < _now)


class Job(NamedTuple):
    """A job that this process has taken.

    Attributes:
        failures: How many attempts ended by its own fault or with their worker; not those in which something was down.
        first_started_at: When the first attempt began.
    """

    id: UUID
    name: str
    queue: str
    priority: int
    due_at: datetime
    message: Mapping[str, Any]
    context: Mapping[str, str]
    attempt: int
    failures: int
    first_started_at: datetime
    follow_up: Mapping[str, Any] | None


class Claims:
    """The job table, as one worker sees it.

    Attributes:
        limited: Whether there are queues of which only so many jobs may run at a time.
    """

    def __init__(self, database: Database, worker_id: UUID) -> None:
        self.limited = False
        self._database = database
        self._worker_id = worker_id
        self._insert = insert_job(database)

    async def take(self, limit: int, now: datetime) -> list[Job]:
        """Take jobs that wait and return them in order: those of the highest priority first, then the oldest."""
        parameters = {"limit": limit, "now": now, "worker": self._worker_id}
        if self.limited:
            taken = await self._database.transact(lambda connection: _take_within_limits(connection, limit, parameters))
        else:
            taken = [Job(*row) for row in await self._database.read(_CLAIM, parameters)]
        return sorted(taken, key=lambda job: (job.priority, job.due_at, job.id))

    async def promote(self, now: datetime) -> datetime | None:
        """Let jobs whose time has come wait for a worker; return when the next one is due."""
        self.limited = bool(await self._database.read(_ANY_LIMITED, {}))
        next_at = await self._next_at()
        if next_at is None or next_at > now:
            return next_at
        await self._database.write(_PROMOTE, {"now": now})
        return await self._next_at()

    async def rescue(self) -> int:
        """Let the jobs of dead workers wait again; return how many."""
        return len(await self._database.write(_RESCUE))

    async def take_back(self, known: Collection[UUID]) -> int:
        """Let jobs wait again that this worker holds and does not know of; return how many.

        A claim whose answer was lost leaves such jobs, and so does a failure that could not be written down.
        """
        strayed = await self._database.fetch(_SELECT_STRAYED, {"of_worker": self._worker_id, "known": list(known)})
        for job_id, attempt in strayed:
            await self._database.write(_GIVE_BACK, self._key(job_id, attempt))
        return len(strayed)

    async def expire(self, now: datetime) -> None:
        """Forget jobs that ended long enough ago."""
        await self._database.write(_EXPIRE, {"now": now})

    async def give_back(self, job: Job) -> None:
        """Let a job wait again that was taken and not finished."""
        await self._database.write(_GIVE_BACK, self._key(job.id, job.attempt))

    async def retry(self, job: Job, *, failures: int, due_at: datetime, now: datetime, code: str, error: str) -> None:
        """Let a job wait for its next attempt."""
        failure = {
            "new_failures": failures,
            "new_due_at": due_at,
            "now": now,
            "new_error_code": code,
            "new_error": error,
        }
        await self._database.write(_RETRY, {**self._key(job.id, job.attempt), **failure})

    async def fail(self, job: Job, *, keep_seconds: int, now: datetime, code: str, error: str) -> None:
        """End a job for good that did not succeed, and send what was to follow it."""
        ending = job_ending(self.delivery(job, keep_seconds), FAILED, now, code=code, error=error)
        await self._end(job, ending, now)

    async def done(self, job: Job, result: object, *, keep_seconds: int, now: datetime) -> None:
        """End a job whose effect was outside the database, and send what was to follow it."""
        await self._end(job, job_ending(self.delivery(job, keep_seconds), DONE, now, result=result), now)

    def delivery(self, job: Job, keep_seconds: int) -> Delivery:
        """Return what lets a unit of work end a job."""
        return Delivery(job.id, job.attempt, self._worker_id, keep_seconds, job.follow_up)

    def _key(self, job_id: UUID, attempt: int) -> dict[str, Any]:
        return {"of_id": job_id, "of_attempt": attempt, "of_worker": self._worker_id}

    async def _next_at(self) -> datetime | None:
        moment: datetime | None = (await self._database.read(_NEXT_AT, {}))[0][0]
        return moment

    async def _end(self, job: Job, ending: Mapping[str, Any], now: datetime) -> None:
        following = follow_up_row(job.id, job.follow_up, job.context, now)
        if following is None:
            await self._database.touch(_END_ALONE, ending)
            return

        def end(connection: Connection) -> None:
            if connection.execute(END, ending).rowcount == 1:
                connection.execute(self._insert, following)

        await self._database.transact(end)


def _take_within_limits(connection: Connection, limit: int, parameters: Mapping[str, Any]) -> list[Job]:
    """Take jobs while some queues are limited: one worker after the other looks, and never takes more than may run."""
    limits = connection.execute(_LIMITED.with_for_update()).all()
    rows = connection.execute(_RUNNING, {"limited": [limit.name for limit in limits]}).all()
    running = {row.queue: row.running for row in rows}
    free = {limit.name: limit.running_limit - running.get(limit.name, 0) for limit in limits}
    taken: list[Job] = []
    while len(taken) < limit:
        room = min(limit - len(taken), *(number for number in free.values() if number > 0), limit)
        full = [name for name, number in free.items() if number <= 0]
        rows = connection.execute(_CLAIM_WITHIN, {**parameters, "limit": room, "full": full}).all()
        taken += [Job(*row) for row in rows]
        for row in rows:
            if row.queue in free:
                free[row.queue] -= 1
        if len(rows) < room:
            break
    return taken


def _claim(of_queue: Any) -> Any:  # a condition, and an update
    """Take what waits, if the lease of this worker lasts: what one takes that counts as dead is rescued at once."""
    due: Select[Any] = (
        select(_table.id)
        .where(in_state(WAITING), of_queue, bindparam("worker", type_=Uuid).in_(live_workers()))
        .order_by(_table.priority, _table.due_at, _table.id)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(skip_locked=True)
    )
    return (
        update(jobs)
        .where(_table.id.in_(due))
        .values(
            state=RUNNING,
            worker_id=bindparam("worker", type_=Uuid),
            attempts=_table.attempts + 1,
            started_at=_now,
            first_started_at=func.coalesce(_table.first_started_at, _now),
        )
        .returning(
            _table.id,
            _table.name,
            _table.queue,
            _table.priority,
            _table.due_at,
            _table.message,
            _table.context,
            _table.attempts,
            _table.failures,
            _table.first_started_at,
            _table.follow_up,
        )
    )


_CLAIM = Prepared(_claim(_table.queue.not_in(_HELD_BACK)))
_CLAIM_WITHIN = _claim(and_(_table.queue.not_in(_PAUSED), _table.queue.not_in(bindparam("full", expanding=True))))
