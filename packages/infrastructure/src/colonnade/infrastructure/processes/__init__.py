"""Processes in the database."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "database", "sqlmodel", "sqlalchemy", "alembic")

from colonnade.infrastructure.processes.repository import SqlProcessRepository

__all__ = ["SqlProcessRepository"]
