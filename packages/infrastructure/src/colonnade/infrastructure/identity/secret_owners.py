"""Whose a secret is, read outside any unit of work."""

import hmac
from uuid import UUID

from sqlalchemy import bindparam, select

from colonnade.application.identity.one_time import hashed
from colonnade.core import UserId
from colonnade.domain.identity import SecretRefused
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.rows import OneTimeSecretRow

_secrets = table_of(OneTimeSecretRow).c
_OWNER = select(_secrets.user_id, _secrets.secret_hash).where(
    _secrets.id == bindparam("secret_id"), _secrets.used_at.is_(None)
)


class SqlSecretOwners:
    """Knows whose a secret is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owner_of(self, presented: str) -> UserId:
        """Return whom a secret was handed to.

        Raises:
            SecretRefused: It is not one of ours, or not good any more.
        """
        secret_id, _, secret = presented.partition(".")
        try:
            rows = await self._database.fetch(_OWNER, {"secret_id": UUID(secret_id)})
        except ValueError:
            rows = ()
        if not rows or not hmac.compare_digest(rows[0].secret_hash, hashed(secret)):
            raise SecretRefused("this is not good, or not any more: ask for another one")
        return UserId(rows[0].user_id)
