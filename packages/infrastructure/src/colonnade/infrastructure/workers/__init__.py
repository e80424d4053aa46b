"""Worker processes and their leases."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "database", "sqlmodel", "sqlalchemy", "alembic")

from colonnade.infrastructure.workers.registry import WorkerLease, WorkerState, list_workers

__all__ = ["WorkerLease", "WorkerState", "list_workers"]
