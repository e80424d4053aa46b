"""Who people are: opened for whoever reads the table of users, and found by what they are called there."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, bindparam, or_

from colonnade.core import Email, PersonName
from colonnade.domain.identity import ERASED_EMAIL, ERASED_NAME
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.protection import PersonalTexts, PersonKeys, SealedColumn
from colonnade.security.encryption import BlindIndex

_users = table_of(UserRow).c

SEALED = (
    SealedColumn("email", ERASED_EMAIL, str),
    SealedColumn("name", ERASED_NAME, lambda _: ""),
)
"""How users are sealed: the table wants an address of each that nobody else has, and a name."""

WHO: Sequence[ColumnElement[Any]] = (  # columns of any type
    *(_users.id, _users.email, _users.name),
    *(_users.email_sealed, _users.name_sealed, _users.erased_at),
)
"""The columns that say who somebody is."""

HAS_ADDRESS = or_(
    _users.email_index.in_(bindparam("indexes", type_=LargeBinary, expanding=True)),
    _users.email.in_(bindparam("emails", expanding=True)),
)
"""Whether somebody has one of the addresses that `UserTexts.having` names; a row may not be sealed yet."""


class Who(NamedTuple):
    """What somebody is called, and their address."""

    email: Email
    name: PersonName


ERASED = Who(ERASED_EMAIL, ERASED_NAME)


class UserTexts:
    """Opens who people are."""

    def __init__(self, keys: PersonKeys, index: BlindIndex) -> None:
        self._keys = keys
        self._index = index

    async def open(self, rows: Iterable[Any]) -> dict[UUID, Who]:  # rows with the columns `WHO`
        """Return who the people of rows are, by their id.

        Raises:
            Unavailable: The database of keys does not answer.
        """
        people = list(rows)
        texts = PersonalTexts(self._keys, UserRow.__tablename__)
        await texts.load([row.id for row in people if row.name_sealed is not None])
        return {row.id: _who(row, texts) for row in people}

    async def values(self, rows: Iterable[Any]) -> list[dict[str, Any]]:  # rows with the columns `WHO` and any others
        """Return rows as values by column, with address and name in the clear.

        Raises:
            Unavailable: The database of keys does not answer.
        """
        people = list(rows)
        who = await self.open(people)
        kept = [{name: value for name, value in row._mapping.items() if name not in _SEALED_ALONE} for row in people]
        return [{**values, **who[row.id]._asdict()} for values, row in zip(kept, people, strict=True)]

    def having(self, emails: Iterable[str]) -> dict[str, object]:
        """Return what to look for with `HAS_ADDRESS`."""
        wanted = list(emails)
        return {"emails": wanted, "indexes": [self._index.of(email) for email in wanted]}


_SEALED_ALONE = {"email_sealed", "name_sealed", "erased_at"}


def _who(row: Any, texts: PersonalTexts) -> Who:  # a row with the columns `WHO`
    if row.erased_at is not None:
        return ERASED
    if row.name_sealed is None:
        return Who(Email(row.email), PersonName(row.name))
    email = texts.open(row.id, "email", row.email_sealed, owner=row.id, erased=ERASED_EMAIL)
    name = texts.open(row.id, "name", row.name_sealed, owner=row.id, erased=ERASED_NAME)
    return Who(Email(email), PersonName(name))
