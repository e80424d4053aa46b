"""What is left of sign-ins that are over: forgotten after a while."""

from datetime import datetime

from sqlalchemy import bindparam, delete, or_

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.identity.rows import OneTimeSecretRow, SessionRow

_secrets, _sessions = table_of(OneTimeSecretRow), table_of(SessionRow)
_before = bindparam("before", type_=UtcDateTime)
_OLD_SECRETS = delete(_secrets).where(_secrets.c.expires_at < _before)
_OLD_SESSIONS = delete(_sessions).where(or_(_sessions.c.ended_at < _before, _sessions.c.expires_at < _before))


class SpentSignIns:
    """Forgets what nobody can use any more. What happened stays in the event log and the audit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def expire_secrets(self, before: datetime) -> None:
        """Forget links and challenges that were good until before a moment."""
        await self._database.write(_OLD_SECRETS, {"before": before})

    async def expire_sessions(self, before: datetime) -> None:
        """Forget sessions that ended, or were good, until before a moment; their device counts as new afterwards."""
        await self._database.write(_OLD_SESSIONS, {"before": before})
