"""What seals data of people in tests: keys beside a database, and readers of what they sealed."""

from sqlalchemy import make_url

from colonnade.core import Clock
from colonnade.domain.identity import User
from colonnade.infrastructure.database import Database, DatabaseSettings, SqlUnitOfWork
from colonnade.infrastructure.identity.people import UserTexts
from colonnade.infrastructure.identity.repository import SqlSessionRepository, SqlUserRepository
from colonnade.infrastructure.protection import PersonKeys, SqlDataKeys
from colonnade.security.encryption import BlindIndex, DataKey, Envelope, LocalKey


class Sealing:
    """The keys of the people in a database, in a file beside it where a database is a file."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = Database(DatabaseSettings(_beside(database), pool_size=2))
        data_keys = SqlDataKeys(self._database, Envelope(LocalKey(DataKey.generate().secret)), clock)
        self.keys = PersonKeys(data_keys, clock, stream_kind=User.stream_kind, announced_on=database)
        self.index = BlindIndex(b"secret of the blind index in tests", "users.email")
        self.texts = UserTexts(self.keys, self.index)

    def users(self, unit_of_work: SqlUnitOfWork) -> SqlUserRepository:
        """Return the users."""
        return SqlUserRepository(unit_of_work, self.keys, self.index)

    def sessions(self, unit_of_work: SqlUnitOfWork) -> SqlSessionRepository:
        """Return the sessions."""
        return SqlSessionRepository(unit_of_work, self.keys)

    async def close(self) -> None:
        """Close every connection."""
        await self._database.dispose()


def _beside(database: Database) -> str:
    url = make_url(database.engine.url)
    own = url if database.is_postgresql else url.set(database=f"{url.database}.keys")
    return own.render_as_string(hide_password=False)
