"""Look after jobs: what waits, runs or has failed, and why."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Command, Query
from colonnade.application.operations.access import OperationsPermission
from colonnade.application.views import View
from colonnade.core import Conflict, Page

QueueName = Annotated[str, Field(min_length=1, max_length=100, examples=["default"])]


class JobState(StrEnum):
    """How a job stands."""

    SCHEDULED = "scheduled"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class WrongJobState(Conflict):
    """The job is not in a state in which this can be done."""

    code = "operations.wrong_job_state"


class JobView(View):
    """A job."""

    id: JobId
    name: str
    queue: str
    priority: int
    state: JobState
    attempts: int
    due_at: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    unique_key: str | None
    worker_id: UUID | None
    error_code: str | None
    error: str | None


class JobDetail(JobView):
    """A job, with its message and its answer."""

    message: dict[str, Any]  # JSON values
    context: dict[str, str]
    result: Any  # JSON of any form


class QueueView(View):
    """A queue, and how many of its jobs are in each state that has not ended."""

    name: str
    paused: bool
    running_limit: int | None
    scheduled: int
    waiting: int
    running: int
    failed: int


class ScheduleView(View):
    """A schedule and its turns."""

    name: str
    cron: str
    timezone: str
    next_at: datetime
    last_at: datetime | None


class WorkerView(View):
    """A worker process."""

    id: UUID
    host: str
    process: int
    started_at: datetime
    alive: bool


class ListJobs(Query[Page[JobView]], name="operations.list_jobs", requires=OperationsPermission.READ):
    """List jobs, the newest first."""

    state: JobState | None = None
    queue: QueueName | None = None
    name: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class GetJob(Query[JobDetail], name="operations.get_job", requires=OperationsPermission.READ):
    """Show a job with its message and its answer."""

    job_id: JobId


class RetryJob(Command[None], name="operations.retry_job", requires=OperationsPermission.MANAGE):
    """Run a job that failed or was cancelled again, now and with all its attempts."""

    job_id: JobId


class CancelJob(Command[None], name="operations.cancel_job", requires=OperationsPermission.MANAGE):
    """Take a job back that does not run yet."""

    job_id: JobId


class ListQueues(Query[Page[QueueView]], name="operations.list_queues", requires=OperationsPermission.READ):
    """List the queues, by name."""


class PauseQueue(Command[None], name="operations.pause_queue", requires=OperationsPermission.MANAGE):
    """Begin no more jobs of a queue; those that run go on."""

    queue: QueueName


class ResumeQueue(Command[None], name="operations.resume_queue", requires=OperationsPermission.MANAGE):
    """Begin jobs of a paused queue again."""

    queue: QueueName


class LimitQueue(Command[None], name="operations.limit_queue", requires=OperationsPermission.MANAGE):
    """Let only so many jobs of a queue run at a time, in all processes together; null lifts the limit."""

    queue: QueueName
    running_limit: Annotated[int | None, Field(ge=1, le=10_000)] = None


class ListSchedules(Query[Page[ScheduleView]], name="operations.list_schedules", requires=OperationsPermission.READ):
    """List the schedules, by name."""


class ListWorkers(Query[Page[WorkerView]], name="operations.list_workers", requires=OperationsPermission.READ):
    """List the worker processes of the last day, the oldest first."""
