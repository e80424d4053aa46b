"""Signing in: what is told, what is kept, and what a stolen token is good for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from colonnade.application import Caller, Context, LocalBus
from colonnade.application.identity import Refresh, SignIn, SignOut, TokenPair, sign_in
from colonnade.application.identity.ports import (
    Credential,
    Credentials,
    PasswordHasher,
    SessionSettings,
    TokenIssuer,
)
from colonnade.application.identity.sign_in import SignInRefused
from colonnade.application.messaging import StaticResolver
from colonnade.core import Clock, UserId, new_id
from colonnade.domain.identity import RefreshRefused, Session, SessionId, SessionRepository

from .fakes import KnownCredentials, MemoryRepository, PlainHasher, PlainTokens, StoppedClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA = new_id(UserId)


class House:
    """A bus with the sign-in handlers, and what stands behind them."""

    def __init__(self) -> None:
        self.clock = StoppedClock(NOON)
        self.hasher = PlainHasher()
        self.sessions = MemoryRepository[Session, SessionId]()

    async def start(self) -> LocalBus:
        """Open the bus."""
        credentials = KnownCredentials({"ada@example.com": Credential(ADA, "hashed correct horse")})
        objects = {
            Clock: self.clock,
            Credentials: credentials,
            PasswordHasher: self.hasher,
            SessionRepository: self.sessions,
            SessionSettings: SessionSettings(refresh_seconds=3600),
            TokenIssuer: PlainTokens(),
        }
        return await LocalBus.start(handlers=[sign_in.handlers], resolver=StaticResolver(objects))


def asking(email: str, password: str) -> SignIn:
    """Return the message as it comes in."""
    return SignIn.model_validate({"email": email, "password": password})


def refreshing(pair: TokenPair) -> Refresh:
    """Return the message as it comes in."""
    return Refresh.model_validate({"refresh_token": pair.refresh_token})


async def test_the_right_password_opens_a_session() -> None:
    """What is kept of the refresh token is a hash."""
    house = House()
    bus = await house.start()
    pair = await bus.send(asking("Ada@example.com", "correct horse"))
    (session,) = house.sessions.all.values()

    assert pair.access_token == f"{ADA} in {session.id}"
    assert pair.refresh_token.startswith(f"{session.id}.")
    assert session.expires_at == NOON + timedelta(hours=1)
    assert session.refresh_hash not in pair.refresh_token
    assert pair.refresh_token.partition(".")[2] not in repr(session)


async def test_a_wrong_password_and_an_unknown_address_are_refused_alike() -> None:
    """In words and in work: nobody learns which accounts there are."""
    house = House()
    bus = await house.start()
    refusals = []
    for email in ("ada@example.com", "eve@example.com"):
        with pytest.raises(SignInRefused) as refused:
            await bus.send(asking(email, "battery staple"))
        refusals.append((refused.value.message, refused.value.facts))

    assert refusals[0] == refusals[1]
    assert house.hasher.verified == ["hashed correct horse", None]
    assert house.sessions.all == {}


async def test_a_refresh_token_is_good_once() -> None:
    """The second use ends the session, and with it the newest token."""
    house = House()
    bus = await house.start()
    first = await bus.send(asking("ada@example.com", "correct horse"))
    house.clock.time += timedelta(minutes=30)
    second = await bus.send(refreshing(first))
    (session,) = house.sessions.all.values()

    assert second.refresh_token != first.refresh_token
    assert session.expires_at == NOON + timedelta(minutes=90)
    for pair in (first, second):
        with pytest.raises(RefreshRefused):
            await bus.send(refreshing(pair))
    assert session.ended_at == house.clock.now()


@pytest.mark.parametrize("token", ["x", ".", "not-a-uuid.secret", f"{UUID(int=7)}.secret", "٣.٣"])
async def test_what_is_no_refresh_token_is_refused(token: str) -> None:
    """In the same way as one that is used up."""
    bus = await House().start()

    with pytest.raises(RefreshRefused):
        await bus.send(Refresh.model_validate({"refresh_token": token}))


async def test_signing_out_ends_the_session_that_one_is_in() -> None:
    """A service acting for itself has none to end."""
    house = House()
    bus = await house.start()
    pair = await bus.send(asking("ada@example.com", "correct horse"))
    (session,) = house.sessions.all.values()
    await bus.send(SignOut(), Context(caller=Caller(ADA)))
    assert session.ended_at is None

    await bus.send(SignOut(), Context(caller=Caller(ADA, session.id)))
    with pytest.raises(RefreshRefused):
        await bus.send(refreshing(pair))


def test_tokens_are_not_shown() -> None:
    """Neither of the two is in the text of their pair."""
    pair = TokenPair(access_token="open sesame", refresh_token="close sesame", expires_in=900)

    assert "sesame" not in f"{pair!r} {pair!s}"
