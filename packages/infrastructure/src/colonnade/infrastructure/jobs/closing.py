"""After an attempt: the job is done, waits for the next attempt, or has failed for good."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from colonnade.application.messaging import Caller, Context, Message, RetryPolicy
from colonnade.core import Clock, ColonnadeError, Unavailable, UserId
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.faults import code_of, text_of
from colonnade.infrastructure.jobs.claims import Claims, Job
from colonnade.infrastructure.jobs.scheduler import JOBS

_log = logging.getLogger("colonnade.jobs")


class Closing:
    """Writes down what became of attempts."""

    def __init__(self, claims: Claims, kinds: Mapping[str, type[Message[Any]]], clock: Clock, wakeups: Wakeups) -> None:
        self._claims = claims
        self._answers = {name: TypeAdapter(kind.result) for name, kind in kinds.items()}
        self._clock = clock
        self._wakeups = wakeups

    def context(self, job: Job, policy: RetryPolicy) -> Context:
        """Return the circumstances in which the message of a job is sent."""
        caller = job.context.get("caller")
        return Context(
            caller=None if caller is None else Caller(UserId(UUID(caller))),
            correlation_id=job.context.get("correlation_id", str(job.id)),
            causation_id=str(job.id),
            by_service=True,
            delivery=self._claims.delivery(job, policy.keep_seconds),
        )

    async def done(self, job: Job, answer: object, policy: RetryPolicy) -> None:
        """End a job that did something outside the database; it is not done again because its answer cannot be kept.

        Raises:
            Unavailable: The database does not answer.
        """
        now = self._clock.now()
        try:
            result = self._answers[job.name].dump_python(answer, mode="json")
            await self._claims.done(job, result, keep_seconds=policy.keep_seconds, now=now)
        except ColonnadeError:
            raise
        except Exception:  # noqa: BLE001 - no type, or no text that the database can keep
            _log.exception("job %s %s is done, and its answer cannot be kept", job.name, job.id)
            await self._claims.done(job, None, keep_seconds=policy.keep_seconds, now=now)
        self._tell(job)

    async def gave_up(self, job: Job, policy: RetryPolicy) -> None:
        """End a job that killed its workers as often as it may be tried."""
        now = self._clock.now()
        error = f"ended after {job.attempt - 1} attempts, the last of which did not even fail"
        _log.error("job %s %s failed for good: gave_up", job.name, job.id)
        await self._claims.fail(job, keep_seconds=policy.keep_seconds, now=now, code="gave_up", error=error)
        self._tell(job)

    async def failed(self, job: Job, error: BaseException, policy: RetryPolicy) -> None:
        """Let a job wait for its next attempt, or end it; if neither can be written down, it is taken back later."""
        now, code, text = self._clock.now(), code_of(error), text_of(error)
        failures = job.failures + (not isinstance(error, Unavailable))
        try:
            if _is_final(job, error, failures, policy, now):
                _log.error("job %s %s failed for good: %s", job.name, job.id, code)
                await self._claims.fail(job, keep_seconds=policy.keep_seconds, now=now, code=code, error=text)
                self._tell(job)
                return
            due_at = now + timedelta(seconds=policy.pause_seconds(job.attempt))
            _log.info("job %s %s is tried again at %s: %s", job.name, job.id, due_at.isoformat(), code)
            await self._claims.retry(job, failures=failures, due_at=due_at, now=now, code=code, error=text)
        except ColonnadeError as outage:
            _log.warning("job %s %s is taken back later: %s", job.name, job.id, outage.message)
        except Exception:  # noqa: BLE001 - whatever it is, the job must not be lost over it
            _log.exception("job %s %s is taken back later", job.name, job.id)

    def _tell(self, job: Job) -> None:
        if job.follow_up is not None:
            self._wakeups.tell({JOBS})


def _is_final(job: Job, error: BaseException, failures: int, policy: RetryPolicy, now: datetime) -> bool:
    if isinstance(error, Unavailable):
        return now >= job.first_started_at + timedelta(seconds=policy.outage_seconds)
    if isinstance(error, ColonnadeError) and not error.retryable:
        return True
    return failures >= policy.limit
