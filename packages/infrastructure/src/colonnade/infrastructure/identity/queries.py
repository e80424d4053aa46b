"""Reads of the identity context, and what a password is checked against."""

from typing import Any

from sqlalchemy import bindparam, select

from colonnade.application.identity import ListSessions, SessionView, UserView, WhoAmI
from colonnade.application.identity.operators import ListOperators, OperatorView
from colonnade.application.identity.people import Person
from colonnade.application.identity.ports import Credential, IdentitySettings
from colonnade.application.messaging import Caller, Handlers
from colonnade.core import Clock, Email, NotFound, Page, UserId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.identity.people import HAS_ADDRESS, WHO, UserTexts
from colonnade.infrastructure.identity.repository import ADDRESS
from colonnade.infrastructure.identity.rows import SessionRow, UserRow
from colonnade.infrastructure.protection import PersonalTexts, PersonKeys

handlers = Handlers()

_users, _sessions = table_of(UserRow).c, table_of(SessionRow).c
_WHO_AM_I = select(*WHO, _users.created_at, _users.version).where(_users.id == bindparam("user_id"))
_SEALED_FIRST = _users.email_index.is_(None)
_CREDENTIAL = (
    select(_users.id, _users.password_hash, _users.email_confirmed_at).where(HAS_ADDRESS).order_by(_SEALED_FIRST)
)
_PERSON = select(*WHO)
_BY_EMAIL = _PERSON.where(HAS_ADDRESS).order_by(_SEALED_FIRST)
_IS_OPERATOR = select(_users.is_operator).where(_users.id == bindparam("user_id"))
_OPERATORS = _PERSON.where(_users.is_operator)
_SESSIONS = (
    select(
        _sessions.device_name.label("device"),
        _sessions.address_sealed,
        *(_sessions[name] for name in SessionView.model_fields if name not in {"device", "here"}),
    )
    .where(
        _sessions.user_id == bindparam("user_id"),
        _sessions.ended_at.is_(None),
        _sessions.expires_at > bindparam("now", type_=UtcDateTime),
    )
    .order_by(_sessions.used_at.desc(), _sessions.id)
    .limit(200)
)
_BY_ID = _PERSON.where(_users.id == bindparam("user_id"))


@handlers.handles(WhoAmI)
async def who_am_i(query: WhoAmI, caller: Caller, database: Database, users: UserTexts) -> UserView:
    """Show the caller's account."""
    rows = await database.fetch(_WHO_AM_I, {"user_id": caller.user_id})
    if not rows:
        raise NotFound("this account is no more")
    (account,) = await users.values(rows)
    return UserView.model_validate(account)


@handlers.handles(ListSessions)
async def list_sessions(
    query: ListSessions, caller: Caller, database: Database, keys: PersonKeys, clock: Clock
) -> Page[SessionView]:
    """List the caller's sessions that go on, the last used first."""
    rows = await database.fetch(_SESSIONS, {"user_id": caller.user_id, "now": clock.now()})
    texts = PersonalTexts(keys, SessionRow.__tablename__)
    await texts.load([caller.user_id])

    def view(row: Any) -> SessionView:  # a row of the statement
        sealed = texts.open(row.id, ADDRESS.name, row.address_sealed, owner=caller.user_id, erased=ADDRESS.erased)
        return SessionView.model_validate(
            {**row._mapping, "address": sealed or row.address, "here": row.id == caller.session_id}
        )

    return Page(items=tuple(map(view, rows)))


@handlers.handles(ListOperators)
async def list_operators(query: ListOperators, database: Database, users: UserTexts) -> Page[OperatorView]:
    """List those who look after the service, by name."""
    people = await users.open(await database.fetch(_OPERATORS))
    listed = (OperatorView(user_id=UserId(user_id), name=who.name, email=who.email) for user_id, who in people.items())
    return Page(items=tuple(sorted(listed, key=lambda operator: (operator.name, operator.user_id))))


class SqlOperators:
    """Knows who looks after the service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def has(self, user_id: UserId) -> bool:
        """Tell whether somebody is an operator."""
        rows = await self._database.fetch(_IS_OPERATOR, {"user_id": user_id})
        return bool(rows and rows[0].is_operator)


class SqlCredentials:
    """Finds what a password is checked against."""

    def __init__(self, database: Database, settings: IdentitySettings, users: UserTexts) -> None:
        self._database = database
        self._users = users
        self._confirm_email = settings.confirm_email

    async def find(self, email: Email) -> Credential | None:
        """Return the credential of the account with this address, if there is one."""
        rows = await self._database.fetch(_CREDENTIAL, self._users.having([email]))
        if not rows:
            return None
        confirmed = not self._confirm_email or rows[0].email_confirmed_at is not None
        return Credential(UserId(rows[0].id), rows[0].password_hash, confirmed)


class SqlPeople:
    """All accounts, to be found by what people know of each other."""

    def __init__(self, database: Database, users: UserTexts) -> None:
        self._database = database
        self._users = users

    async def by_email(self, email: Email) -> Person:
        """Return the person with this address.

        Raises:
            NotFound: Nobody has it.
        """
        rows = await self._database.fetch(_BY_EMAIL, self._users.having([email]))
        if not rows:
            raise NotFound("nobody with this address has an account", field="email")
        return await self._person(rows[0])

    async def by_id(self, user_id: UserId) -> Person:
        """Return the person; of an erased one, what stands for who they were.

        Raises:
            NotFound: There is no such account.
        """
        rows = await self._database.fetch(_BY_ID, {"user_id": user_id})
        if not rows:
            raise NotFound("there is no such account", field="user_id")
        return await self._person(rows[0])

    async def _person(self, row: Any) -> Person:  # a row with the columns `WHO`
        who = (await self._users.open([row]))[row.id]
        return Person(UserId(row.id), who.name, who.email)
