"""Where passkeys are kept, and what is shown of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from colonnade.application.identity.passkeys import ListPasskeys, PasskeyView
from colonnade.application.identity.ports import SecondFactors
from colonnade.application.messaging import Caller, Handlers
from colonnade.core import Page, UserId
from colonnade.domain.identity.passkeys import Passkey, PasskeyId, PasskeyName
from colonnade.infrastructure.database import AggregateTable, Database, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.database.rows import view_builder
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.passkey_rows import PasskeyRow

handlers = Handlers()

_passkeys = table_of(PasskeyRow).c
_SAME = (
    "id",
    "version",
    "user_id",
    "credential_id",
    "public_key",
    "sign_count",
    "transports",
    "aaguid",
    "backup_eligible",
    "backed_up",
    "created_at",
    "used_at",
    "suspect_since",
    "removed_at",
)
_MINE = (_passkeys.user_id == bindparam("user_id"), _passkeys.removed_at.is_(None))
_LIST = (
    select(
        _passkeys.id,
        _passkeys.name,
        _passkeys.backup_eligible,
        _passkeys.backed_up,
        _passkeys.created_at,
        _passkeys.used_at,
        _passkeys.suspect_since,
    )
    .where(*_MINE)
    .order_by(_passkeys.created_at, _passkeys.id)
)
_HAS = select(_passkeys.id).where(*_MINE, _passkeys.suspect_since.is_(None)).limit(1)
_view = view_builder(PasskeyView)


def passkey_to_domain(row: Any, parts: Sequence[Any]) -> Passkey:  # a row of the passkeys table
    """Rebuild a passkey."""
    return Passkey(name=PasskeyName(row.name), **{name: getattr(row, name) for name in _SAME})


def passkey_to_row(passkey: Passkey) -> Values:
    """Return the row of a passkey."""
    return {"name": str(passkey.name), **{name: getattr(passkey, name) for name in _SAME}}


PASSKEYS = AggregateTable[Passkey](
    table_of(PasskeyRow), passkey_to_domain, passkey_to_row, missing="there is no such passkey"
)


class SqlPasskeyRepository(SqlRepository[Passkey, PasskeyId]):
    """All passkeys, removed ones included."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, PASSKEYS)


class PasskeysBesides:
    """Lets somebody who is asked for a second factor use a passkey as well; nobody is asked because they have one."""

    def __init__(self, others: SecondFactors, database: Database) -> None:
        self._others = others
        self._database = database

    async def of(self, user_id: UserId) -> frozenset[str]:
        """Return the ways that somebody has set up, `passkey` among them if there are others."""
        others = await self._others.of(user_id)
        if others and await self._database.fetch(_HAS, {"user_id": user_id}):
            return others | {"passkey"}
        return others


@handlers.handles(ListPasskeys)
async def list_passkeys(query: ListPasskeys, caller: Caller, database: Database) -> Page[PasskeyView]:
    """List the caller's passkeys."""
    rows = await database.fetch(_LIST, {"user_id": caller.user_id})
    return Page(items=tuple(_view(row) for row in rows))
