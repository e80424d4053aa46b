"""What processes send themselves: the answer to a step, and the end of a waiting."""

from colonnade.application.jobs import JobId
from colonnade.application.messaging import INTERNAL, Command, JobOptions, RetryPolicy
from colonnade.application.processes.instance import ProcessId

PATIENT = RetryPolicy(attempts=1_000)
"""Nobody else lets a process go on: it is tried for a week, in which a version of the service may come that can."""


class ContinueProcess(Command[None], name="processes.continue", requires=INTERNAL, job=JobOptions(retries=PATIENT)):
    """Go on: the job of the present turn has ended."""

    process_id: ProcessId
    turn: int
    job_id: JobId


class EndWait(Command[None], name="processes.end_wait", requires=INTERNAL, job=JobOptions(retries=PATIENT)):
    """Go on: the time of the present turn is over."""

    process_id: ProcessId
    turn: int
