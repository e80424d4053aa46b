"""Personal tokens: where they are kept, how they are listed, and who sends a request with one."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select, update

from colonnade.application.identity.personal_tokens import ListPersonalTokens, PersonalTokenView
from colonnade.application.messaging import Caller, Handlers, Limits
from colonnade.core import Clock, DomainEvent, Page, Unauthenticated, Unavailable, UserId
from colonnade.domain.identity.personal_token import PersonalToken, PersonalTokenId, TokenName
from colonnade.domain.identity.personal_token_events import PersonalTokenRevoked
from colonnade.infrastructure.cache import BoundedDict
from colonnade.infrastructure.database import AggregateTable, Database, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.identity.personal_token_rows import PersonalTokenRow
from colonnade.security.opaque import OpaqueTokens, digest_of

PERSONAL_TOKENS = OpaqueTokens("clnp")
"""Tokens of this product, by which scanners of leaked secrets find them."""

handlers = Handlers()

_table = table_of(PersonalTokenRow)
_tokens = _table.c
_GOOD = (_tokens.revoked_at.is_(None), _tokens.expires_at > bindparam("now", type_=UtcDateTime))
_BY_DIGEST = Prepared(
    select(
        _tokens.id,
        _tokens.user_id,
        _tokens.permissions,
        _tokens.within_workspace,
        _tokens.within_projects,
        _tokens.expires_at,
        _tokens.used_at,
    ).where(_tokens.digest == bindparam("digest"), *_GOOD)
)
_LIST = (
    select(_table).where(_tokens.user_id == bindparam("user_id"), *_GOOD).order_by(_tokens.created_at.desc()).limit(200)
)
_USED = Prepared(
    update(_table).where(_tokens.id == bindparam("of_id")).values(used_at=bindparam("now", type_=UtcDateTime))
)


def _to_domain(row: Any, parts: Sequence[Any]) -> PersonalToken:  # a row of the personal_tokens table
    return PersonalToken(
        id=PersonalTokenId(row.id),
        version=row.version,
        user_id=UserId(row.user_id),
        name=TokenName(row.name),
        digest=row.digest,
        hint=row.hint,
        permissions=frozenset(row.permissions),
        workspace_id=row.within_workspace,
        project_ids=frozenset(UUID(project_id) for project_id in row.within_projects),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def _to_row(token: PersonalToken) -> Values:
    return {
        "id": token.id,
        "version": token.version,
        "user_id": token.user_id,
        "name": str(token.name),
        "digest": token.digest,
        "hint": token.hint,
        "permissions": tuple(sorted(token.permissions)),
        "within_workspace": token.workspace_id,
        "within_projects": tuple(sorted(str(project_id) for project_id in token.project_ids)),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }


TOKENS = AggregateTable[PersonalToken](_table, _to_domain, _to_row, missing="there is no such token")


class SqlPersonalTokenRepository(SqlRepository[PersonalToken, PersonalTokenId]):
    """All personal tokens."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, TOKENS)


class _Verified(NamedTuple):
    caller: Caller
    expires_at: datetime


class PersonalTokenAuthenticator:
    """Knows who a personal token stands for, and forgets it in the moment in which it is revoked.

    Args:
        database: Where tokens are.
        clock: When they expire.
        used_seconds: How exactly their last use is kept: not every request is worth a write.
        size: How many are remembered.
    """

    def __init__(self, database: Database, clock: Clock, *, used_seconds: float = 300.0, size: int = 10_000) -> None:
        self._database = database
        self._now = clock.now
        self._precision = timedelta(seconds=used_seconds)
        self._verified: BoundedDict[str, _Verified] = BoundedDict(size)
        self._used: BoundedDict[UUID, datetime] = BoundedDict(size)
        self._changes = 0
        self._trusted = True

    async def authenticate(self, token: str) -> Caller:
        """Return the caller that a token stands for.

        Raises:
            Unauthenticated: It is not a token of ours, or not good any more.
        """
        now, changes = self._now(), self._changes
        known = self._verified.get(token)
        if known is None or known.expires_at <= now:
            known = await self._verify(token, now)
            if self._trusted and changes == self._changes:
                self._verified.put(token, known)
        await self._note_use(known.caller, now)
        return known.caller

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Forget what was remembered if a token was revoked."""
        if any(isinstance(event, PersonalTokenRevoked) for event in events):
            self._forget()

    def stream_changed(self, stream: str) -> None:
        """Forget what was remembered if another process changed a token."""
        if stream.startswith(f"{PersonalToken.stream_kind}-"):
            self._forget()

    def trust(self, *, on: bool) -> None:
        """Remember tokens from now on, or none."""
        self._trusted = on
        self._forget()

    async def _verify(self, token: str, now: datetime) -> _Verified:
        looks_right = PERSONAL_TOKENS.looks_right(token)
        rows = await self._database.read(_BY_DIGEST, {"digest": digest_of(token), "now": now}) if looks_right else ()
        if not rows:
            raise Unauthenticated("this token is not one of ours, or not good any more")
        token_id, user_id, permissions, workspace_id, project_ids, expires_at, used_at = rows[0]
        within: dict[str, frozenset[UUID]] = {}
        if workspace_id is not None:
            within["workspace_id"] = frozenset({workspace_id})
        if project_ids:
            within["project_id"] = frozenset(UUID(project_id) for project_id in project_ids)
        if used_at is not None:
            self._used.put(token_id, used_at)
        limits = Limits(token_id, frozenset(permissions), within)
        return _Verified(Caller(UserId(user_id), limits=limits), expires_at)

    async def _note_use(self, caller: Caller, now: datetime) -> None:
        if caller.limits is None:
            return
        token_id = caller.limits.token_id
        before = self._used.get(token_id)
        if before is None or now - before >= self._precision:
            self._used.put(token_id, now)
            with suppress(Unavailable):  # when it was last used is worth no refusal
                await self._database.touch(_USED, {"of_id": token_id, "now": now})

    def _forget(self) -> None:
        self._changes += 1
        self._verified.clear()


@handlers.handles(ListPersonalTokens)
async def list_personal_tokens(
    query: ListPersonalTokens, caller: Caller, database: Database, clock: Clock
) -> Page[PersonalTokenView]:
    """List the caller's tokens that are good."""
    rows = await database.fetch(_LIST, {"user_id": caller.user_id, "now": clock.now()})
    return Page(
        items=tuple(
            PersonalTokenView(
                id=row.id,
                name=row.name,
                hint=row.hint,
                permissions=row.permissions,
                workspace_id=row.within_workspace,
                project_ids=tuple(UUID(project_id) for project_id in row.within_projects),
                created_at=row.created_at,
                expires_at=row.expires_at,
                used_at=row.used_at,
            )
            for row in rows
        )
    )
