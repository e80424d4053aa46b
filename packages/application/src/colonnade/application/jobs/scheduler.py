"""Send a message later: a job is a message with a due time, kept with the change that asked for it."""

from datetime import datetime
from typing import Any, NewType, Protocol
from uuid import UUID

from colonnade.application.messaging.messages import Message

JobId = NewType("JobId", UUID)


class Scheduler(Protocol):
    """Puts messages into the job table, within the unit of work of whoever asks for it."""

    def send_later(
        self,
        message: Message[Any],
        *,
        at: datetime | None = None,
        unique: str | None = None,
        job_id: JobId | None = None,
        then: Message[Any] | None = None,
    ) -> JobId:
        """Send a message once the unit of work is committed and its time has come.

        Args:
            message: What to send; its class says in which queue it waits and how often it is tried.
            at: When, UTC; at once if not said.
            unique: While a job with this key waits, a second one is not added.
            job_id: Identity of the job, if the sender must know it beforehand.
            then: What to send when the job has ended, well or not; not if it is taken back.

        Returns:
            The job's id; if another job with the key waits already, no job will ever have it.
        """
        ...

    def cancel(self, unique: str) -> None:
        """Take back the job that waits with this key, if there is one; a job that runs already goes on."""
        ...
