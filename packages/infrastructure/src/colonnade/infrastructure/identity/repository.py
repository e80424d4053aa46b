"""Where users, sessions and secrets are kept, and the attempts that are events alone."""

from sqlalchemy import bindparam, select

from colonnade.core import UserId
from colonnade.domain.identity import EmailTaken, OneTimeSecret, SecretId, Session, SessionId, SignInAttempt, User
from colonnade.infrastructure.database import AggregateTable, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.database.events_alone import EventsAlone
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.mapping import (
    secret_to_domain,
    secret_to_row,
    session_to_domain,
    session_to_row,
    user_to_domain,
    user_to_row,
)
from colonnade.infrastructure.identity.people import SEALED
from colonnade.infrastructure.identity.rows import OneTimeSecretRow, SessionRow, UserRow
from colonnade.infrastructure.protection import PersonKeys, SealedColumn, SealingRepository
from colonnade.security.encryption import BlindIndex

USERS = AggregateTable[User](
    table_of(UserRow), user_to_domain, user_to_row, missing="there is no such user", one_at_a_time=True
)
"""One at a time: who changes a password ends every session, those included that the former one just opens."""

SESSIONS = AggregateTable[Session](
    table_of(SessionRow), session_to_domain, session_to_row, missing="there is no such session"
)
ADDRESS = SealedColumn("address", "erased")
"""Where a session was last used from."""

SECRETS = AggregateTable[OneTimeSecret](
    table_of(OneTimeSecretRow), secret_to_domain, secret_to_row, missing="there is no such secret"
)


_SAME_ADDRESS = select(table_of(UserRow).c.id).where(table_of(UserRow).c.email == bindparam("of_email"))


class SqlUserRepository(SealingRepository[User, UserId]):
    """All users; who they are is sealed, and found by a blind index of their address."""

    def __init__(self, unit_of_work: SqlUnitOfWork, keys: PersonKeys, index: BlindIndex) -> None:
        self._index = index
        super().__init__(unit_of_work, USERS, keys, SEALED, owner="id")

    async def add(self, aggregate: User, /) -> None:
        """Put somebody new in.

        Raises:
            EmailTaken: Somebody whose row is not sealed yet has the address; of the others the database knows.
        """
        if await self._unit_of_work.fetch(_SAME_ADDRESS, {"of_email": str(aggregate.email)}):
            raise EmailTaken("another account has this address", field="email")
        await super().add(aggregate)

    def _to_row(self, aggregate: User) -> Values:
        row = super()._to_row(aggregate)
        if row["email_sealed"] is not None:
            row["email_index"] = self._index.of(aggregate.email)
        return row


class SqlSessionRepository(SealingRepository[Session, SessionId]):
    """All sessions; where they were used from is sealed."""

    def __init__(self, unit_of_work: SqlUnitOfWork, keys: PersonKeys) -> None:
        super().__init__(unit_of_work, SESSIONS, keys, (ADDRESS,), owner="user_id")


class SqlSecretRepository(SqlRepository[OneTimeSecret, SecretId]):
    """All secrets that are good once."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, SECRETS)


class SqlAttempts(EventsAlone[SignInAttempt]):
    """Keeps failed attempts."""
