"""What makes reading from brokers safe: the inbox, and a place for poison messages, in the database."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "database", "sqlmodel", "sqlalchemy", "alembic")

from colonnade.infrastructure.publishing.inbox import SqlInbox, SqlParking, forget_before

__all__ = ["SqlInbox", "SqlParking", "forget_before"]
