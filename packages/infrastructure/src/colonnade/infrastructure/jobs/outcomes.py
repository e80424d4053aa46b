"""How jobs ended."""

from sqlalchemy import bindparam, select

from colonnade.application.jobs import JobId, JobOutcome
from colonnade.core import NotFound
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.jobs.tables import DONE, jobs

_OUTCOME = select(jobs.c.state, jobs.c.result, jobs.c.error_code, jobs.c.error).where(
    jobs.c.id == bindparam("job_id"), jobs.c.finished_at.is_not(None)
)


class SqlJobOutcomes:
    """Reads how jobs ended from the job table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, job_id: JobId) -> JobOutcome:
        """Return how a job ended.

        Raises:
            NotFound: It has not ended, or nobody remembers.
        """
        rows = await self._database.fetch(_OUTCOME, {"job_id": job_id})
        if not rows:
            raise NotFound("this job has not ended, or nobody remembers it")
        state, result, code, error = rows[0]
        return JobOutcome(state == DONE, result, code, error)
