"""Who sends a request: a signed token, of a session that has not ended, remembered until it does."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from colonnade.application.messaging import Caller
from colonnade.core import Clock, DomainEvent, UserId
from colonnade.domain.identity import Session, SessionEnded
from colonnade.infrastructure.cache import BoundedDict
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.personal_tokens import PersonalTokenAuthenticator
from colonnade.infrastructure.identity.rows import SessionRow
from colonnade.security.tokens import AccessTokens, TokenRefused

_sessions = table_of(SessionRow).c
_ACTIVE = Prepared(
    select(_sessions.ends_at).where(_sessions.id == bindparam("session_id"), _sessions.ended_at.is_(None))
)

_TOKENS_PER_SESSION = 16


class _Verified(NamedTuple):
    caller: Caller
    expires_at: datetime
    kid: str


class TokenAuthenticator:
    """Verifies access tokens, each once, and asks the database whether the session goes on.

    What was verified is kept in a bounded cache by token, and dropped in the moment in which the session ends: a check
    that began before that and ends after it is not kept. A key that is taken off the ring takes its tokens along.
    """

    def __init__(
        self,
        tokens: AccessTokens,
        personal: PersonalTokenAuthenticator,
        database: Database,
        clock: Clock,
        *,
        size: int = 10_000,
    ) -> None:
        self._personal = personal
        self._tokens = tokens
        self._database = database
        self._now = clock.now
        self._verified: BoundedDict[str, _Verified] = BoundedDict(size)
        self._by_session: dict[UUID, set[str]] = {}
        self._changes = 0
        self._trusted = True

    async def authenticate(self, token: str) -> Caller:
        """Return the caller that a bearer token stands for, a personal token among them.

        Raises:
            Unauthenticated: The token is not good, or its session has ended.
        """
        if "." not in token:
            return await self._personal.authenticate(token)
        known = self._verified.get(token)
        if known is not None and known.expires_at > self._now() and self._tokens.trusts(known.kid):
            return known.caller
        claims, changes = self._tokens.verify(token), self._changes
        found = await self._database.read(_ACTIVE, {"session_id": claims.session})
        until = min(claims.expires_at, found[0][0]) if found else None
        if until is None or until <= self._now():
            raise TokenRefused("this session has ended: sign in again")
        caller = Caller(UserId(claims.subject), claims.session, claims.proved_at, claims.methods)
        if self._trusted and changes == self._changes:
            self._keep(token, _Verified(caller, until, claims.kid), claims.session)
        return caller

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Forget the tokens of sessions that ended."""
        for event in events:
            if isinstance(event, SessionEnded):
                self._forget_session(event.session_id)

    def stream_changed(self, stream: str) -> None:
        """Forget the tokens of a session that another process changed."""
        kind, _, session = stream.partition("-")
        if kind == Session.stream_kind:
            self._forget_session(UUID(session))

    def trust(self, *, on: bool) -> None:
        """Remember tokens from now on, or none."""
        self._trusted = on
        self._forget()

    def _keep(self, token: str, verified: _Verified, session: UUID) -> None:
        if len(self._by_session) >= self._verified.size:
            self._forget()
        if len(self._by_session.get(session, ())) >= _TOKENS_PER_SESSION:
            self._forget_session(session)
        self._verified.put(token, verified)
        self._by_session.setdefault(session, set()).add(token)

    def _forget_session(self, session: UUID) -> None:
        self._changes += 1
        for token in self._by_session.pop(session, ()):
            self._verified.pop(token, None)

    def _forget(self) -> None:
        self._changes += 1
        self._verified.clear()
        self._by_session.clear()
