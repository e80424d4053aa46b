"""Jobs in the database: claimed with SKIP LOCKED, ended in the transaction of their effect."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "database", "sqlmodel", "sqlalchemy", "alembic")

from colonnade.infrastructure.jobs.outcomes import SqlJobOutcomes
from colonnade.infrastructure.jobs.receipts import JobReceipts
from colonnade.infrastructure.jobs.runner import JobRunner
from colonnade.infrastructure.jobs.scheduler import SqlScheduler

__all__ = ["JobReceipts", "JobRunner", "SqlJobOutcomes", "SqlScheduler"]
