"""Signing in: what is told, what is kept, and what a stolen token is good for."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from colonnade.application import Caller, Context, LocalBus
from colonnade.application.identity import (
    ProveIdentity,
    Refresh,
    RevokeSession,
    SignIn,
    SignOut,
    SignOutEverywhere,
    TokenPair,
    sessions,
    sign_in,
)
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.opening import SecondFactorRequired, SignIns
from colonnade.application.identity.people import People, Person
from colonnade.application.identity.ports import (
    Attempts,
    Credential,
    Credentials,
    IdentitySettings,
    PasswordHasher,
    SignInThrottle,
)
from colonnade.application.identity.sign_in import SignInRefused
from colonnade.application.messaging import Message, Origin, StaticResolver
from colonnade.application.messaging.pipeline import Call
from colonnade.application.operations import OperatorAct, OperatorActs
from colonnade.core import Clock, Email, LimitExceeded, NotFound, PersonName, UserId, new_id
from colonnade.domain.identity import (
    AccountLocked,
    Device,
    Lifetimes,
    OneTimeSecret,
    Purpose,
    RefreshRefused,
    SecretId,
    Session,
    SessionId,
    SessionOpened,
    SessionRepository,
    SignInAttempt,
    SignInFailed,
    User,
    UserRepository,
)
from colonnade.domain.identity.device_grant import DeviceGrant, DeviceGrantId, DeviceGrantRepository
from colonnade.domain.identity.personal_token import PersonalToken, PersonalTokenId, PersonalTokenRepository

from .fakes import KnownCredentials, MemoryRepository, PlainHasher, PlainTokens, StoppedClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADA = new_id(UserId)


BEN = new_id(UserId)
LAPTOP = Origin("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")
SECONDS = dict.fromkeys(Purpose, 600)


class NoPolicy:
    """Everybody may everything."""

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Change nothing."""
        return call


def user() -> User:
    """Return Ada."""
    return User(
        id=ADA,
        email=Email("ada@example.com"),
        name=PersonName("Ada"),
        password_hash="hashed correct horse",
        created_at=NOON,
        email_confirmed_at=NOON,
    )


class House:
    """A bus with the sign-in handlers, and what stands behind them."""

    def __init__(self) -> None:
        self.clock = StoppedClock(NOON)
        self.hasher = PlainHasher()
        self.sessions = MemoryRepository[Session, SessionId]()
        self.secrets = MemoryRepository[OneTimeSecret, SecretId]()
        self.users = MemoryRepository(user())
        self.credentials = {
            "ada@example.com": Credential(ADA, "hashed correct horse", confirmed=True),
            "ben@example.com": Credential(BEN, "hashed correct horse", confirmed=False),
        }
        self.second_factors = frozenset[str]()
        self.turns: list[tuple[str, str | None]] = []
        self.attempts: list[object] = []
        self.failures = 0
        self.locked = False
        self.networks: set[str | None] = set()

    async def start(self) -> LocalBus:
        """Open the bus."""
        settings = IdentitySettings(
            Lifetimes(idle_seconds=3600, absolute_seconds=86_400), confirm_email=True, secret_seconds=SECONDS
        )
        one_time = OneTimeSecrets(self.secrets, settings, self.clock)
        sign_ins = SignIns(
            self.sessions, one_time, self, self, PlainTokens(), settings, self.clock, Context(origin=LAPTOP)
        )
        objects = {
            Clock: self.clock,
            Credentials: KnownCredentials(self.credentials),
            DeviceGrantRepository: MemoryRepository[DeviceGrant, DeviceGrantId](),
            PasswordHasher: self.hasher,
            SessionRepository: self.sessions,
            UserRepository: self.users,
            SignInThrottle: self,
            Attempts: self,
            People: self,
            SignIns: sign_ins,
            IdentitySettings: settings,
            PersonalTokenRepository: MemoryRepository[PersonalToken, PersonalTokenId](),
            OperatorActs: self,
        }
        return await LocalBus.start(
            handlers=[sign_in.handlers, sessions.handlers], resolver=StaticResolver(objects), behaviours=[NoPolicy()]
        )

    async def of(self, user_id: UserId) -> frozenset[str]:
        """Return the second factors of somebody."""
        return self.second_factors

    async def by_id(self, user_id: UserId) -> Person:
        """Return somebody."""
        return Person(user_id, "Ada", "ada@example.com")

    async def by_email(self, email: Email) -> Person:
        """Return somebody."""
        return Person(ADA, "Ada", str(email))

    async def require_turn(self, account: str, address: str | None) -> None:
        """Count a turn, and refuse it if the account is locked."""
        self.turns.append((account, address))
        if self.locked:
            raise LimitExceeded("not yet", retry_after_seconds=60)

    async def failed(self, account: str, address: str | None) -> datetime | None:
        """Lock the account at the third failure."""
        self.failures += 1
        return self.clock.now() + timedelta(minutes=1) if self.failures == 3 else None

    async def succeeded(self, account: str, address: str | None) -> None:
        """Forget the failures."""
        self.failures = 0

    async def arrived(self, user_id: UserId, address: str | None) -> bool:
        """Know a network."""
        is_new = address not in self.networks
        self.networks.add(address)
        return is_new

    def note(self, noted: SignInAttempt | OperatorAct) -> None:
        """Keep the events of an attempt."""
        self.attempts.extend(noted.recorded_events)


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


async def test_a_session_knows_its_device_and_whether_it_is_a_new_one() -> None:
    """So is one that says what a known one says, in a network from which they have not signed in before."""
    house = House()
    bus = await house.start()
    await bus.send(asking("ada@example.com", "correct horse"))
    (first,) = house.sessions.all.values()
    assert first.device == Device("Firefox on Linux", "192.0.2.7")
    await bus.send(asking("ada@example.com", "correct horse"))
    house.networks.clear()
    await bus.send(asking("ada@example.com", "correct horse"))
    opened = [house.sessions.all[each].recorded_events[0] for each in sorted(house.sessions.all)]
    assert [event.new_device for event in opened if isinstance(event, SessionOpened)] == [True, False, True]


async def test_whoever_has_a_second_factor_is_asked_for_it() -> None:
    """The challenge is kept as a hash, and says what was proved already."""
    house = House()
    house.second_factors = frozenset({"totp"})
    bus = await house.start()
    with pytest.raises(SecondFactorRequired) as asked:
        await bus.send(asking("ada@example.com", "correct horse"))
    (secret,) = house.secrets.all.values()
    assert asked.value.facts["methods"] == ["totp"]
    assert (secret.purpose, secret.facts) == (Purpose.SECOND_FACTOR, '["pwd"]')
    assert secret.secret_hash not in str(asked.value.facts["challenge"])
    assert house.sessions.all == {}


async def test_failures_are_kept_for_those_who_watch_over_accounts() -> None:
    """With why, which the answer does not say; the one too many with until when the account is locked."""
    house = House()
    bus = await house.start()
    for email, password in (
        ("ada@example.com", "wrong"),
        ("eve@example.com", "wrong"),
        ("ben@example.com", "correct horse"),
    ):
        with pytest.raises(SignInRefused):
            await bus.send(asking(email, password))
    failed = [(event.user_id, event.reason) for event in house.attempts if isinstance(event, SignInFailed)]
    assert failed == [(ADA, "password"), (None, "no_account"), (BEN, "not_confirmed")]
    locked = [event.until for event in house.attempts if isinstance(event, AccountLocked)]
    assert locked == [NOON + timedelta(minutes=1)]


async def test_nothing_is_checked_before_it_is_somebodys_turn() -> None:
    """Whoever guesses waits, for an account that is there as for one that is not."""
    house = House()
    house.locked = True
    bus = await house.start()
    for email in ("ada@example.com", "eve@example.com"):
        with pytest.raises(LimitExceeded):
            await bus.send(asking(email, "correct horse"))
    assert house.hasher.verified == []


async def test_a_hash_of_long_ago_is_made_anew() -> None:
    house = House()
    house.credentials["ada@example.com"] = Credential(ADA, "old correct horse", confirmed=True)
    house.hasher.right = {"old correct horse": "correct horse"}
    house.users.all[ADA].password_hash = "old correct horse"
    bus = await house.start()
    await bus.send(asking("ada@example.com", "correct horse"))
    assert house.users.all[ADA].password_hash == "hashed correct horse"


@pytest.mark.parametrize("old", ["hashed correct horse", "old correct horse"])
async def test_a_password_that_is_changed_during_the_check_opens_nothing(old: str) -> None:
    """Neither a session that outlives the change nor, where its hash is made anew, the account itself."""
    house = House()
    house.credentials["ada@example.com"] = Credential(ADA, old, confirmed=True)
    house.hasher.right = {old: "correct horse"}
    house.users.all[ADA].password_hash = "hashed quite another horse"
    bus = await house.start()
    with pytest.raises(SignInRefused):
        await bus.send(asking("ada@example.com", "correct horse"))
    assert not house.sessions.all
    assert house.users.all[ADA].password_hash == "hashed quite another horse"


async def test_a_proof_gives_tokens_that_say_when_it_was() -> None:
    """And the session goes on with them: the former refresh token is used up."""
    house = House()
    bus = await house.start()
    await bus.send(asking("ada@example.com", "correct horse"))
    (session,) = house.sessions.all.values()
    house.clock.time += timedelta(minutes=30)
    caller = Context(caller=Caller(ADA, session.id))
    with pytest.raises(SignInRefused):
        await bus.send(ProveIdentity.model_validate({"password": "wrong"}), caller)
    pair = await bus.send(ProveIdentity.model_validate({"password": "correct horse"}), caller)
    assert session.proved_at == house.clock.time
    assert await bus.send(refreshing(pair))


async def test_one_signs_out_everywhere_or_everywhere_else() -> None:
    house = House()
    bus = await house.start()
    for _ in range(3):
        await bus.send(asking("ada@example.com", "correct horse"))
    here = next(iter(house.sessions.all.values()))
    caller = Context(caller=Caller(ADA, here.id))
    assert await bus.send(SignOutEverywhere(keep_this=True), caller) == 2
    assert here.ended_at is None
    assert await bus.send(SignOutEverywhere(), caller) == 1
    assert here.ended_at == NOON


async def test_nobody_signs_out_somebody_else() -> None:
    """To them that session does not exist."""
    house = House()
    bus = await house.start()
    await bus.send(asking("ada@example.com", "correct horse"))
    (session,) = house.sessions.all.values()
    with pytest.raises(NotFound):
        await bus.send(RevokeSession(session_id=session.id), Context(caller=Caller(BEN)))
    assert session.ended_at is None
    await bus.send(RevokeSession(session_id=session.id), Context(caller=Caller(ADA)))
    assert session.ended_at == NOON


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
    house.clock.time += timedelta(minutes=1)
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
