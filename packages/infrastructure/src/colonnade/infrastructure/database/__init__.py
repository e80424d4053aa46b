"""One database, two engines: SQLite embedded, PostgreSQL for real."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "database", "sqlmodel", "sqlalchemy", "alembic")

from colonnade.infrastructure.database.aggregates import AggregateTable, ChildTable
from colonnade.infrastructure.database.constraints import ConstraintErrors
from colonnade.infrastructure.database.engine import Database, DatabaseSettings
from colonnade.infrastructure.database.event_log import EventLog, LogPosition
from colonnade.infrastructure.database.repository import SqlRepository
from colonnade.infrastructure.database.unit_of_work import CommitListener, SqlUnitOfWork

__all__ = [
    "AggregateTable",
    "ChildTable",
    "CommitListener",
    "ConstraintErrors",
    "Database",
    "DatabaseSettings",
    "EventLog",
    "LogPosition",
    "SqlRepository",
    "SqlUnitOfWork",
]
