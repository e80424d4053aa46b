"""Where accounts at identity providers are kept, what is shown of them, and how somebody can sign in at all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from colonnade.application.identity.federation import (
    LinkedProviderView,
    ListLinkedProviders,
    ListProviders,
    ProviderView,
)
from colonnade.application.identity.federation_ports import FederationSettings
from colonnade.application.messaging import Caller, Handlers
from colonnade.core import Page, UserId
from colonnade.domain.identity.external import ExternalIdentity, LinkId
from colonnade.infrastructure.database import AggregateTable, Database, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.database.rows import view_builder
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.external_rows import ExternalIdentityRow
from colonnade.infrastructure.identity.passkey_rows import PasskeyRow
from colonnade.infrastructure.identity.rows import UserRow

handlers = Handlers()

_externals, _passkeys, _users = table_of(ExternalIdentityRow).c, table_of(PasskeyRow).c, table_of(UserRow).c
_FIELDS = ("id", "version", "user_id", "provider", "issuer", "subject", "linked_at", "unlinked_at")
_LINKED = (_externals.user_id == bindparam("user_id"), _externals.unlinked_at.is_(None))
_LIST = (
    select(*(_externals[name] for name in LinkedProviderView.model_fields))
    .where(*_LINKED)
    .order_by(_externals.linked_at, _externals.id)
)
_LOCK = select(_users.password_hash.is_not(None).label("has_password")).where(_users.id == bindparam("user_id"))
_LOCK = _LOCK.with_for_update()
_OTHER_PASSKEYS = (
    select(func.count())
    .where(
        _passkeys.user_id == bindparam("user_id"),
        _passkeys.id != bindparam("taken"),
        _passkeys.removed_at.is_(None),
        _passkeys.suspect_since.is_(None),
    )
    .scalar_subquery()
)
_OTHER_LINKS = select(func.count()).where(*_LINKED, _externals.id != bindparam("taken")).scalar_subquery()
_COUNT = select((_OTHER_PASSKEYS + _OTHER_LINKS).label("others"))
_view = view_builder(LinkedProviderView)


def external_to_domain(row: Any, parts: Sequence[Any]) -> ExternalIdentity:  # a row of the external_identities table
    """Rebuild a link."""
    return ExternalIdentity(**{name: getattr(row, name) for name in _FIELDS})


def external_to_row(linked: ExternalIdentity) -> Values:
    """Return the row of a link."""
    return {name: getattr(linked, name) for name in _FIELDS}


EXTERNALS = AggregateTable[ExternalIdentity](
    table_of(ExternalIdentityRow), external_to_domain, external_to_row, missing="there is no such link"
)


class SqlExternalIdentityRepository(SqlRepository[ExternalIdentity, LinkId]):
    """All accounts at identity providers, unlinked ones included."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, EXTERNALS)


class SqlWaysIn:
    """Knows how somebody can sign in, within one unit of work."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def besides(self, user_id: UserId, taken: UUID) -> int:
        """Count a password, good passkeys and linked providers; the account is locked, so that no two go at once."""
        locked = await self._unit_of_work.fetch_and_lock(_LOCK, {"user_id": user_id})
        counted = await self._unit_of_work.fetch(_COUNT, {"user_id": user_id, "taken": taken})
        return int(bool(locked and locked[0].has_password)) + int(counted[0].others)


@handlers.handles(ListLinkedProviders)
async def list_linked_providers(
    query: ListLinkedProviders, caller: Caller, database: Database
) -> Page[LinkedProviderView]:
    """List the caller's links."""
    rows = await database.fetch(_LIST, {"user_id": caller.user_id})
    return Page(items=tuple(_view(row) for row in rows))


@handlers.handles(ListProviders)
async def list_providers(query: ListProviders, settings: FederationSettings) -> Page[ProviderView]:
    """List what the operator has set up."""
    offers = settings.providers.items()
    return Page(
        items=tuple(ProviderView(name=name, title=offer.title, start=f"/sign-in/oidc/{name}") for name, offer in offers)
    )
