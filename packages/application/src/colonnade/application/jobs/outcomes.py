"""How a job ended, for what is sent after it."""

from typing import Any, NamedTuple, Protocol

from colonnade.application.jobs.scheduler import JobId


class JobOutcome(NamedTuple):
    """The end of a job.

    Attributes:
        succeeded: Whether it was done.
        result: What it answered, as JSON values.
        error_code: Stable name of the error, if it failed.
        error: The error for people.
    """

    succeeded: bool
    result: Any  # JSON of any form
    error_code: str | None
    error: str | None


class JobOutcomes(Protocol):
    """Knows how jobs ended, for as long as their results are kept."""

    async def of(self, job_id: JobId) -> JobOutcome:
        """Return how a job ended.

        Raises:
            NotFound: It has not ended, or nobody remembers.
        """
        ...
