"""Reads of the identity context, and what a password is checked against."""

from sqlalchemy import bindparam, select

from colonnade.application.identity import UserView, WhoAmI
from colonnade.application.identity.operators import ListOperators, OperatorView
from colonnade.application.identity.people import Person
from colonnade.application.identity.ports import Credential
from colonnade.application.messaging import Caller, Handlers
from colonnade.core import Email, NotFound, Page, UserId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.rows import view_builder
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.rows import UserRow

handlers = Handlers()

_users = table_of(UserRow).c
_user_view = view_builder(UserView)
_WHO_AM_I = select(*(_users[name] for name in UserView.model_fields)).where(_users.id == bindparam("user_id"))
_CREDENTIAL = select(_users.id, _users.password_hash).where(_users.email == bindparam("email"))
_PERSON = select(_users.id, _users.name, _users.email)
_BY_EMAIL = _PERSON.where(_users.email == bindparam("email"))
_IS_OPERATOR = select(_users.is_operator).where(_users.id == bindparam("user_id"))
_OPERATORS = _PERSON.where(_users.is_operator).order_by(_users.name, _users.id)
_BY_ID = _PERSON.where(_users.id == bindparam("user_id"))


@handlers.handles(WhoAmI)
async def who_am_i(query: WhoAmI, caller: Caller, database: Database) -> UserView:
    """Show the caller's account."""
    rows = await database.fetch(_WHO_AM_I, {"user_id": caller.user_id})
    if not rows:
        raise NotFound("this account is no more")
    return _user_view(rows[0])


@handlers.handles(ListOperators)
async def list_operators(query: ListOperators, database: Database) -> Page[OperatorView]:
    """List those who look after the service, by name."""
    rows = await database.fetch(_OPERATORS)
    return Page(items=tuple(OperatorView(user_id=row.id, name=row.name, email=row.email) for row in rows))


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

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, email: Email) -> Credential | None:
        """Return the credential of the account with this address, if there is one."""
        rows = await self._database.fetch(_CREDENTIAL, {"email": str(email)})
        return Credential(UserId(rows[0].id), rows[0].password_hash) if rows else None


class SqlPeople:
    """All accounts, to be found by what people know of each other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_email(self, email: Email) -> Person:
        """Return the person with this address.

        Raises:
            NotFound: Nobody has it.
        """
        rows = await self._database.fetch(_BY_EMAIL, {"email": str(email)})
        if not rows:
            raise NotFound("nobody with this address has an account", field="email")
        return Person(*rows[0])

    async def by_id(self, user_id: UserId) -> Person:
        """Return the person.

        Raises:
            NotFound: There is no such account.
        """
        rows = await self._database.fetch(_BY_ID, {"user_id": user_id})
        if not rows:
            raise NotFound("there is no such account", field="user_id")
        return Person(*rows[0])
