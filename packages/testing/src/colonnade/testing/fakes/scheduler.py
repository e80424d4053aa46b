"""A scheduler in memory: nothing is ever sent, all of it can be looked at."""

from datetime import datetime
from typing import Any

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Context, Message
from colonnade.core import Clock, new_id
from colonnade.testing.fakes.store import SentLater
from colonnade.testing.fakes.unit_of_work import MemoryUnitOfWork


class MemoryScheduler:
    """Keeps what is sent later in the unit of work's store, once that commits.

    Example:
        >>> from colonnade.testing import FrozenClock
        >>> from colonnade.testing.fakes import MemoryStore
        >>> store, clock = MemoryStore(), FrozenClock()
        >>> scheduler = MemoryScheduler(MemoryUnitOfWork(store, clock=clock), clock)
        >>> store.jobs
        []
    """

    def __init__(self, unit_of_work: MemoryUnitOfWork, clock: Clock, context: Context | None = None) -> None:
        """Join a unit of work.

        Args:
            unit_of_work: Of whoever sends.
            clock: Says when what is due at once is due.
            context: Whether the past is told again: then nothing is sent because of it.
        """
        self._unit_of_work = unit_of_work
        self._jobs = unit_of_work.store.jobs
        self._clock = clock
        self._replaying = context is not None and context.replaying

    def send_later(
        self,
        message: Message[Any],
        *,
        at: datetime | None = None,
        unique: str | None = None,
        job_id: JobId | None = None,
        then: Message[Any] | None = None,
    ) -> JobId:
        """Keep a message once the unit of work is committed, unless another one waits with its key."""
        made = job_id or new_id(JobId)
        sent = SentLater(made, message, at or self._clock.now(), unique, then)

        def send() -> None:
            if unique is None or all(job.unique != unique for job in self._jobs):
                self._jobs.append(sent)

        if not self._replaying:
            self._unit_of_work.at_commit(send)
        return made

    def cancel(self, unique: str) -> None:
        """Take back what waits with this key, if anything does."""

        def cancel() -> None:
            self._jobs[:] = [job for job in self._jobs if job.unique != unique]

        if not self._replaying:
            self._unit_of_work.at_commit(cancel)
