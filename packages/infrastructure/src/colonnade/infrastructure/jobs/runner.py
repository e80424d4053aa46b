"""Running jobs: several at a time, each within its time limit, tried again when it fails."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from colonnade.application.messaging import Bus, Command, Message, RetryPolicy
from colonnade.core import Clock, ColonnadeError, Unavailable
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.unit_of_work import LeaseLost
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs.claims import Claims, Job
from colonnade.infrastructure.jobs.closing import Closing
from colonnade.infrastructure.jobs.scheduler import JOBS
from colonnade.infrastructure.workers.registry import WorkerLease

_log = logging.getLogger("colonnade.jobs")

_HOLD_SECONDS = 1.0
_GATHER_SECONDS = 0.002
_SHORTEST_PAUSE_SECONDS = 0.01
_UNKNOWN = RetryPolicy(attempts=20)


class Unreadable(ColonnadeError):
    """The message of a job is not one that this process can read: it was kept by another version."""

    code = "unreadable"


class JobRunner:
    """Takes jobs and sends their messages."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        kinds: Mapping[str, type[Message[Any]]],
        clock: Clock,
        wakeups: Wakeups,
        lease: WorkerLease,
        *,
        concurrency: int = 10,
        poll_seconds: float = 1.0,
        grace_seconds: float = 20.0,
    ) -> None:
        """Prepare to run jobs.

        Args:
            database: Where they are.
            bus: Answers their messages.
            kinds: The messages that the bus answers, by wire name.
            clock: Time.
            wakeups: Tells of new jobs.
            lease: The process among the workers.
            concurrency: How many run at a time in this process.
            poll_seconds: How often to look for jobs that nobody told of.
            grace_seconds: How long running jobs may take to finish when the process stops.
        """
        self._bus = bus
        self._kinds = kinds
        self._clock = clock
        self._wakeups = wakeups
        self._claims = Claims(database, lease.worker_id)
        self._closing = Closing(self._claims, kinds, clock, wakeups)
        self._concurrency = concurrency
        self._poll = timedelta(seconds=poll_seconds)
        self._care_after = timedelta(seconds=lease.lease_seconds / 2)
        self._grace_seconds = grace_seconds
        self._running: dict[asyncio.Task[None], Job] = {}
        self._wakeup = wakeups.listen({JOBS})
        self._gathering: asyncio.TimerHandle | None = None
        self._more = False
        self._care_at = self._promote_at = clock.now()

    async def run(self) -> None:
        """Run jobs for as long as the process lives."""
        while True:
            try:
                pause = await self._look()
            except Exception as error:  # noqa: BLE001 - whatever it is, the answer is to try again
                if isinstance(error, ColonnadeError):
                    _log.info("jobs wait: %s", error.message)
                else:
                    _log.exception("jobs wait")
                await asyncio.sleep(_HOLD_SECONDS)
            else:
                await self._wakeup.wait(pause)

    async def stop(self) -> None:
        """Give back what was not begun, and let finish what runs."""
        self._wakeups.forget(self._wakeup)
        await self._take_back()
        if self._running:
            await asyncio.wait(self._running, timeout=self._grace_seconds)
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._wakeups.tell({JOBS})

    @property
    def running(self) -> int:
        """How many jobs run in this process."""
        return len(self._running)

    async def _look(self) -> float:
        """Begin what there is to do, and return how many seconds later to look again, if nobody tells of more."""
        now = self._clock.now()
        if _has_come(self._care_at, now, self._care_after):
            await self._care(now)
            self._care_at = now + self._care_after
        if not self._more or _has_come(self._promote_at, now, self._poll):
            next_at = await self._claims.promote(now)
            self._promote_at = min(next_at or now + self._poll, now + self._poll)
        free = self._concurrency - len(self._running)
        taken = await self._claims.take(free, now) if free else []
        for job in taken:
            self._start(job)
        self._more = len(taken) == free
        return max((self._promote_at - now).total_seconds(), _SHORTEST_PAUSE_SECONDS)

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._run_job(job), name=f"job-{job.name}")
        self._running[task] = job
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """Look for more when places are free; for several at once if others are about to become free as well."""
        self._running.pop(task, None)
        if not self._more and not self._claims.limited:
            return
        if len(self._running) * 2 <= self._concurrency:
            self._wakeup.wake()
        elif self._gathering is None:
            self._gathering = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        self._wakeup.wake()

    async def _care(self, now: datetime) -> None:
        """See to the jobs of the dead, to those that this process lost sight of, and to the ended ones."""
        rescued = await self._claims.rescue()
        if rescued:
            _log.warning("%d jobs of workers that are gone wait again", rescued)
        await self._claims.take_back([job.id for job in self._running.values()])
        await self._claims.expire(now)

    async def _take_back(self) -> None:
        with suppress(ColonnadeError):
            await self._claims.take_back([job.id for job in self._running.values()])

    async def _run_job(self, job: Job) -> None:
        kind = self._kinds.get(job.name)
        policy = _UNKNOWN if kind is None else kind.job_options.retries
        try:
            if job.failures >= policy.limit:
                await self._closing.gave_up(job, policy)
            elif kind is None:
                await self._closing.failed(job, Unavailable(f"this process has no handler for {job.name}"), policy)
            else:
                await self._send(job, kind, policy)
        except LeaseLost:
            _log.warning("job %s %s was taken over by another worker", job.name, job.id)
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) is not None and not task.cancelling():
                await self._closing.failed(job, error, policy)
                return
            with suppress(ColonnadeError):
                await self._claims.give_back(job)
            raise
        except Exception as error:  # noqa: BLE001 - kept with the job
            await self._closing.failed(job, error, policy)

    async def _send(self, job: Job, kind: type[Message[Any]], policy: RetryPolicy) -> None:
        try:
            message = kind.model_validate(job.message)
        except ValidationError as error:
            raise Unreadable(f"{job.name} as it was kept cannot be read by this version: {error}") from error
        context = self._closing.context(job, policy)
        async with asyncio.timeout(policy.time_limit_seconds):
            answer = await self._bus.send(message, context)
        if not isinstance(message, Command):
            await self._closing.done(job, answer, policy)


def _has_come(moment: datetime, now: datetime, longest: timedelta) -> bool:
    """Tell whether a moment has come, or is farther away than ever planned: the clock was put back."""
    return moment <= now or moment - now > longest
