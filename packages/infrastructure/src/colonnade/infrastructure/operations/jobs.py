"""Jobs, queues, schedules and workers, for operators."""

from datetime import timedelta
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import bindparam, case, func, literal, select, union, update
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.application.messaging import Handlers, RetryPolicy
from colonnade.application.operations import (
    CancelJob,
    GetJob,
    JobDetail,
    JobView,
    LimitQueue,
    ListJobs,
    ListQueues,
    ListSchedules,
    ListWorkers,
    OperatorAct,
    OperatorActs,
    PauseQueue,
    QueueView,
    ResumeQueue,
    RetryJob,
    ScheduleView,
    WorkerView,
    WrongJobState,
)
from colonnade.application.processes.messages import ContinueProcess
from colonnade.core import Clock, CursorCodec, NotFound, Page
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs.endings import follow_up_row
from colonnade.infrastructure.jobs.scheduler import JOBS, insert_job
from colonnade.infrastructure.jobs.tables import (
    CANCELLED,
    FAILED,
    RUNNING,
    SCHEDULED,
    WAITING,
    job_queues,
    job_schedules,
    jobs,
)
from colonnade.infrastructure.operations.listing import page_of
from colonnade.infrastructure.workers.registry import list_workers as workers_of

handlers = Handlers()

_KEPT = timedelta(seconds=RetryPolicy().keep_seconds)

_table, _queues = jobs.c, job_queues.c
_VIEW = select(*(_table[name] for name in JobView.model_fields))
_DETAIL = select(*(_table[name] for name in JobDetail.model_fields)).where(_table.id == bindparam("job_id"))
_STATE = select(_table.state).where(_table.id == bindparam("of_id"))
_RETRY = (
    update(jobs)
    .where(_table.id == bindparam("of_id"), _table.state.in_((FAILED, CANCELLED)))
    .values(
        state=WAITING,
        failures=0,
        first_started_at=None,
        worker_id=None,
        due_at=bindparam("now", type_=UtcDateTime),
        started_at=None,
        finished_at=None,
        keep_until=None,
        unique_key=None,
        error_code=None,
        error=None,
        result=None,
    )
    .returning(_table.follow_up)
)
_CANCEL = (
    update(jobs)
    .where(_table.id == bindparam("of_id"), _table.state.in_((SCHEDULED, WAITING)))
    .values(
        state=CANCELLED,
        finished_at=bindparam("now", type_=UtcDateTime),
        keep_until=bindparam("new_keep_until", type_=UtcDateTime),
        error_code=CANCELLED,
        error="cancelled by an operator",
    )
    .returning(_table.context, _table.follow_up)
)


def _counted(state: str) -> Any:  # a labelled count
    return func.coalesce(func.sum(case((_table.state == state, 1), else_=0)), 0).label(state)


_NAMES = union(select(_queues.name), select(_table.queue), select(literal("default"))).subquery()
_LIST_QUEUES = (
    select(
        _NAMES.c.name,
        func.coalesce(_queues.paused, literal(False)).label("paused"),
        _queues.running_limit,
        *(_counted(state) for state in (SCHEDULED, WAITING, RUNNING, FAILED)),
    )
    .select_from(_NAMES)
    .outerjoin(job_queues, _queues.name == _NAMES.c.name)
    .outerjoin(jobs, _table.queue == _NAMES.c.name)
    .group_by(_NAMES.c.name, _queues.paused, _queues.running_limit)
    .order_by(_NAMES.c.name)
)
_SCHEDULES = select(*(job_schedules.c[name] for name in ScheduleView.model_fields)).order_by(job_schedules.c.name)


@handlers.handles(ListJobs)
async def list_jobs(query: ListJobs, database: Database, cursors: CursorCodec) -> Page[JobView]:
    """List jobs, the newest first."""
    statement = _VIEW
    for column, wanted in ((_table.state, query.state), (_table.queue, query.queue), (_table.name, query.name)):
        if wanted is not None:
            statement = statement.where(column == str(wanted))
    return await page_of(
        query,
        statement,
        _table.id,
        lambda row: JobView.model_validate(row._mapping),
        database,
        cursors,
        limit=query.limit,
        cursor=query.cursor,
    )


@handlers.handles(GetJob)
async def get_job(query: GetJob, database: Database) -> JobDetail:
    """Show a job."""
    rows = await database.fetch(_DETAIL, {"job_id": query.job_id})
    if not rows:
        raise NotFound("there is no such job", field="job_id")
    return JobDetail.model_validate(rows[0]._mapping)


@handlers.handles(RetryJob)
async def retry_job(
    command: RetryJob, unit_of_work: SqlUnitOfWork, acts: OperatorActs, clock: Clock, wakeups: Wakeups
) -> None:
    """Let the job wait again, unless a process has heard of its end and gone on."""
    rows = await unit_of_work.fetch_and_lock(_RETRY, {"of_id": command.job_id, "now": clock.now()})
    if not rows:
        await _refuse(command.job_id, "only a job that failed or was cancelled can be run again", unit_of_work)
    if rows[0].follow_up is not None and rows[0].follow_up["name"] == ContinueProcess.wire_name:
        raise WrongJobState("this was a step of a process, which has gone on without it: see to the process instead")
    acts.note(OperatorAct.of(command.wire_name, str(command.job_id)))
    unit_of_work.after_commit(lambda: wakeups.tell({JOBS}))


@handlers.handles(CancelJob)
async def cancel_job(
    command: CancelJob,
    unit_of_work: SqlUnitOfWork,
    acts: OperatorActs,
    database: Database,
    clock: Clock,
    wakeups: Wakeups,
) -> None:
    """Take the job back, and send what was to follow it."""
    now = clock.now()
    ending = {"of_id": command.job_id, "now": now, "new_keep_until": now + _KEPT}
    rows = await unit_of_work.fetch_and_lock(_CANCEL, ending)
    if not rows:
        await _refuse(command.job_id, "only a job that waits can be cancelled", unit_of_work)
    following = follow_up_row(command.job_id, rows[0].follow_up, rows[0].context, now)
    if following is not None:
        unit_of_work.at_commit(insert_job(database), following)
        unit_of_work.after_commit(lambda: wakeups.tell({JOBS}))
    acts.note(OperatorAct.of(command.wire_name, str(command.job_id)))


@handlers.handles(ListQueues)
async def list_queues(query: ListQueues, database: Database) -> Page[QueueView]:
    """List the queues."""
    return Page(items=tuple(QueueView.model_validate(row._mapping) for row in await database.fetch(_LIST_QUEUES)))


@handlers.handles(PauseQueue)
async def pause_queue(command: PauseQueue, unit_of_work: SqlUnitOfWork, acts: OperatorActs, database: Database) -> None:
    """Pause the queue."""
    _set(unit_of_work, database, {"name": command.queue, "paused": True}, "paused")
    acts.note(OperatorAct.of(command.wire_name, command.queue))


@handlers.handles(ResumeQueue)
async def resume_queue(
    command: ResumeQueue, unit_of_work: SqlUnitOfWork, acts: OperatorActs, database: Database, wakeups: Wakeups
) -> None:
    """Let the queue go on."""
    _set(unit_of_work, database, {"name": command.queue, "paused": False}, "paused")
    acts.note(OperatorAct.of(command.wire_name, command.queue))
    unit_of_work.after_commit(lambda: wakeups.tell({JOBS}))


@handlers.handles(LimitQueue)
async def limit_queue(
    command: LimitQueue, unit_of_work: SqlUnitOfWork, acts: OperatorActs, database: Database, wakeups: Wakeups
) -> None:
    """Limit the queue."""
    row = {"name": command.queue, "paused": False, "running_limit": command.running_limit}
    _set(unit_of_work, database, row, "running_limit")
    acts.note(OperatorAct.of(command.wire_name, command.queue, str(command.running_limit or "no limit")))
    unit_of_work.after_commit(lambda: wakeups.tell({JOBS}))


@handlers.handles(ListSchedules)
async def list_schedules(query: ListSchedules, database: Database) -> Page[ScheduleView]:
    """List the schedules."""
    return Page(items=tuple(ScheduleView.model_validate(row._mapping) for row in await database.fetch(_SCHEDULES)))


@handlers.handles(ListWorkers)
async def list_workers(query: ListWorkers, database: Database) -> Page[WorkerView]:
    """List the workers."""
    return Page(items=tuple(WorkerView.model_validate(state._asdict()) for state in await workers_of(database)))


async def _refuse(job_id: UUID, reason: str, unit_of_work: SqlUnitOfWork) -> NoReturn:
    """Say why nothing was done.

    Raises:
        NotFound: There is no such job.
        WrongJobState: It is not in a state in which this can be done.
    """
    rows = await unit_of_work.fetch(_STATE, {"of_id": job_id})
    if not rows:
        raise NotFound("there is no such job", field="job_id")
    raise WrongJobState(f"the job is {rows[0].state}: {reason}")


def _set(unit_of_work: SqlUnitOfWork, database: Database, row: dict[str, Any], column: str) -> None:
    """Keep what is said of a queue, of which nothing may have been said before."""
    fresh = (postgresql if database.is_postgresql else sqlite).insert(job_queues)
    unit_of_work.at_commit(
        fresh.on_conflict_do_update(index_elements=["name"], set_={column: fresh.excluded[column]}), row
    )
