"""Where users and sessions are kept."""

from colonnade.core import UserId
from colonnade.domain.identity import Session, SessionId, User
from colonnade.infrastructure.database import AggregateTable, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.mapping import session_to_domain, session_to_row, user_to_domain, user_to_row
from colonnade.infrastructure.identity.rows import SessionRow, UserRow

USERS = AggregateTable[User](table_of(UserRow), user_to_domain, user_to_row, missing="there is no such user")
SESSIONS = AggregateTable[Session](
    table_of(SessionRow), session_to_domain, session_to_row, missing="there is no such session"
)


class SqlUserRepository(SqlRepository[User, UserId]):
    """All users."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, USERS)


class SqlSessionRepository(SqlRepository[Session, SessionId]):
    """All sessions."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, SESSIONS)
