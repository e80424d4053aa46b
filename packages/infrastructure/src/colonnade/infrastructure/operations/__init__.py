"""Operations in the database: jobs, subscriptions and processes as operators see them."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "database", "sqlmodel", "sqlalchemy", "alembic")

from colonnade.application.operations import processes as process_messages
from colonnade.infrastructure.operations import acts, jobs, parked_messages, processes, subscriptions
from colonnade.infrastructure.operations.acts import SqlOperatorActs

HANDLERS = tuple(
    module.handlers for module in (acts, jobs, subscriptions, parked_messages, processes, process_messages)
)
"""The handlers of all operations."""

__all__ = ["HANDLERS", "SqlOperatorActs"]
