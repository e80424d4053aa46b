"""The names of people in what others are told: kept as ids, and put in when it is shown."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from colonnade.application.notifications.news import BY_ID, PERSON, PERSON_ID, Fact, Facts
from colonnade.domain.identity import ERASED_NAME
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.people import WHO, UserTexts
from colonnade.infrastructure.identity.rows import UserRow

_PEOPLE = select(*WHO).where(table_of(UserRow).c.id.in_(bindparam("ids", type_=Uuid, expanding=True)))


class NamedFacts:
    """Puts names into facts."""

    def __init__(self, database: Database, users: UserTexts) -> None:
        self._database = database
        self._users = users

    async def of(self, kept: Sequence[Mapping[str, Fact]]) -> list[Facts]:
        """Return facts as people read them.

        Raises:
            Unavailable: A database does not answer.
        """
        ids = {UUID(str(facts[name])) for facts in kept for name in (BY_ID, PERSON_ID) if facts.get(name)}
        names = dict[str, str]()
        if ids:
            people = await self._users.open(await self._database.fetch(_PEOPLE, {"ids": list(ids)}))
            names = {str(user_id): str(who.name) for user_id, who in people.items()}
        return [_named(facts, names) for facts in kept]


def _named(facts: Mapping[str, Fact], names: Mapping[str, str]) -> Facts:
    shown = dict(facts)
    if by := facts.get(BY_ID):
        shown["by"] = names.get(str(by), str(ERASED_NAME))
    if person := facts.get(PERSON_ID):
        name = names.get(str(person), str(ERASED_NAME))
        shown = {key: fact.replace(PERSON, name) if isinstance(fact, str) else fact for key, fact in shown.items()}
    return shown
