"""Giving people their data and erasing them, as the container makes it."""

import logging

from dishka import AsyncContainer, Provider, Scope, provide

from colonnade.application.identity.erasure import Belongings, Eraser, Keyring, LeaveWorkspaces
from colonnade.application.identity.personal_data import PersonalDataSource
from colonnade.application.messaging import Bus, Context
from colonnade.core import UserId
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.identity.belongings import SqlBelongings
from colonnade.infrastructure.identity.people import UserTexts
from colonnade.infrastructure.identity.personal_data import SqlPersonalData
from colonnade.infrastructure.identity.protecting import PastProtection
from colonnade.infrastructure.notifications.naming import NamedFacts
from colonnade.infrastructure.protection import PersonKeys
from colonnade.server.settings import Settings

_log = logging.getLogger("colonnade.protection")


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


async def protect_what_is_there(container: AsyncContainer, bus: Bus) -> None:
    """Erase those again whom a restored backup has brought back, and seal what a server without keys has written.

    Raises:
        Unavailable: A database does not answer.
    """
    if (await container.get(Settings)).keys_beside_data:
        _log.warning(
            "keys of people lie in the main database: its backups hold them, and erasing reaches none of these; name a "
            "database of their own in keys.url"
        )
    past = await container.get(PastProtection)

    async def leave(user_id: UserId) -> None:
        await bus.send(LeaveWorkspaces(user_id=user_id), Context(by_service=True))

    await past.erase_again(leave)
    await past.run()
