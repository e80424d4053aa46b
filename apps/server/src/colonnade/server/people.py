"""Giving people their data and erasing them, as the container makes it."""

from dishka import AsyncContainer, Provider, Scope, provide

from colonnade.application.identity.erasure import Belongings, Eraser, Keyring
from colonnade.application.identity.personal_data import PersonalDataSource
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.identity.belongings import SqlBelongings
from colonnade.infrastructure.identity.people import UserTexts
from colonnade.infrastructure.identity.personal_data import SqlPersonalData
from colonnade.infrastructure.identity.protecting import PastProtection
from colonnade.infrastructure.notifications.naming import NamedFacts
from colonnade.infrastructure.protection import PersonKeys


class People(Provider):
    """What lives as long as the process."""

    scope = Scope.APP
    user_texts = provide(UserTexts)
    named_facts = provide(NamedFacts)
    past = provide(PastProtection)

    @provide
    def keyring(self, keys: PersonKeys) -> Keyring:
        """The keys of people, to be destroyed."""
        return keys

    @provide
    def source(self, database: Database, keys: PersonKeys, named: NamedFacts) -> PersonalDataSource:
        """Knows all that is kept of somebody."""
        return SqlPersonalData(database, keys, named)


class PeopleInScope(Provider):
    """What lives as long as one message."""

    scope = Scope.REQUEST
    belongings = provide(SqlBelongings, provides=Belongings)
    eraser = provide(Eraser)


async def protect_what_is_there(container: AsyncContainer) -> None:
    """Seal who people are that a server without keys has written.

    Raises:
        Unavailable: A database does not answer.
    """
    await (await container.get(PastProtection)).run()
