"""Bearer tokens of both kinds: verified once, remembered while they are good, forgotten when that ends."""

from pathlib import Path
from typing import Any

import pytest

from colonnade.core import Unauthenticated, new_id
from colonnade.domain.identity import Lifetimes, Session, SessionId
from colonnade.infrastructure.identity.authenticator import TokenAuthenticator
from colonnade.infrastructure.identity.personal_tokens import PERSONAL_TOKENS, PersonalTokenAuthenticator
from colonnade.security.keys import KeyRing, KeySource, SigningKey, SigningKeys
from colonnade.security.sealing import Sealer
from colonnade.security.tokens import AccessTokens

LIFETIME_SECONDS = 600


class Desk:
    """Issues access tokens and checks them."""

    def __init__(self, house: Any, database: Any = None, keys: KeySource | None = None, **options: Any) -> None:
        self.house = house
        self.keys = keys or KeyRing(SigningKey.generate())
        self.tokens = AccessTokens(
            self.keys,
            house.clock,
            issuer="colonnade",
            audience="colonnade-api",
            lifetime_seconds=LIFETIME_SECONDS,
            leeway_seconds=0,
        )
        self.personal = PersonalTokenAuthenticator(house.database, house.clock)
        asked = database or house.database
        self.authenticator = TokenAuthenticator(self.tokens, self.personal, asked, house.clock, **options)

    async def sign_in(self) -> Session:
        """Store a session of the owner's."""
        session: Session = self.house.make.session(self.house.owner, methods=["pwd", "otp"])
        await self.house.store(session)
        return session

    def token(self, session: Session) -> str:
        """Issue an access token."""
        return self.tokens.issue(
            session.user_id,
            session.id,
            self.house.clock.now(),
            proved_at=session.proved_at,
            methods=session.methods,
        ).text

    async def end(self, session: Session, *listeners: Any) -> None:
        """Sign out."""
        async with self.house.change(*listeners) as work:
            (await self.house.sessions(work).get(session.id)).end(at=self.house.clock.now())


@pytest.fixture
def desk(house: Any) -> Desk:
    """Issues access tokens and checks them."""
    return Desk(house)


async def test_an_access_token_stands_for_a_session(desk: Desk) -> None:
    """With whoever signed in, when they proved it, and how; nothing limits them."""
    session = await desk.sign_in()
    caller = await desk.authenticator.authenticate(desk.token(session))
    assert (caller.user_id, caller.session_id) == (desk.house.owner, session.id)
    assert (caller.proved_at, caller.methods) == (session.proved_at, {"pwd", "otp"})
    assert caller.limits is None


async def test_a_personal_token_stands_for_its_owner(desk: Desk) -> None:
    """By the same door; it has limits and no session."""
    new = PERSONAL_TOKENS.make()
    await desk.house.store(desk.house.make.personal_token(desk.house.owner, digest=new.digest))
    caller = await desk.authenticator.authenticate(new.text)
    assert (caller.user_id, caller.session_id) == (desk.house.owner, None)
    assert caller.limits is not None
    with pytest.raises(Unauthenticated):
        await desk.authenticator.authenticate(PERSONAL_TOKENS.make().text)


async def test_what_was_verified_is_remembered(desk: Desk) -> None:
    """The second request neither verifies nor asks anybody."""
    session = await desk.sign_in()
    token = desk.token(session)
    caller = await desk.authenticator.authenticate(token)
    desk.authenticator._database = None  # type: ignore[assignment]  # whoever asks it fails
    desk.tokens._verifier = None  # type: ignore[assignment]  # as well
    assert await desk.authenticator.authenticate(token) is caller


@pytest.mark.parametrize("garbage", ["", ".", "..", "a.b.c", "x" * 100_000, "." * 10_000, "é.é.é", "\x00.\x00.\x00"])
async def test_garbage_never_reaches_the_database(house: Any, garbage: str) -> None:
    """A signature is checked before anybody asks for the session."""

    class NoDatabase:
        """Fails whoever asks it."""

    desk = Desk(house, NoDatabase())
    desk.personal._database = NoDatabase()  # type: ignore[assignment]  # whoever asks it fails
    with pytest.raises(Unauthenticated):
        await desk.authenticator.authenticate(garbage)


async def test_a_token_of_other_keys_is_refused(desk: Desk) -> None:
    """Although the session is there."""
    session = await desk.sign_in()
    with pytest.raises(Unauthenticated):
        await desk.authenticator.authenticate(Desk(desk.house).token(session))


async def test_a_token_of_no_session_is_refused(desk: Desk) -> None:
    """However well it is signed."""
    session = desk.house.make.session(desk.house.owner)
    session.id = new_id(SessionId)
    with pytest.raises(Unauthenticated):
        await desk.authenticator.authenticate(desk.token(session))


async def test_a_remembered_token_expires_all_the_same(desk: Desk) -> None:
    """From the very moment."""
    token = desk.token(await desk.sign_in())
    await desk.authenticator.authenticate(token)
    desk.house.clock.advance(seconds=LIFETIME_SECONDS - 1)
    await desk.authenticator.authenticate(token)
    desk.house.clock.advance(seconds=1)
    with pytest.raises(Unauthenticated):
        await desk.authenticator.authenticate(token)


async def test_a_retired_key_takes_remembered_tokens_along(house: Any, tmp_path: Path) -> None:
    """Whoever stole a key may have made a token that is good for years, and used it already."""
    keys = SigningKeys(tmp_path / "keys.json", Sealer(b"secret", "signing keys"), house.clock)
    desk = Desk(house, keys=keys)
    token = desk.token(await desk.sign_in())
    await desk.authenticator.authenticate(token)
    keys.retire(keys.current.kid, house.clock.now())
    with pytest.raises(Unauthenticated):
        await desk.authenticator.authenticate(token)


async def test_signing_out_counts_at_once(desk: Desk) -> None:
    """For every token of the session, remembered or not; other sessions go on."""
    session, other = await desk.sign_in(), await desk.sign_in()
    tokens = [desk.token(session) for _ in range(3)]
    theirs = desk.token(other)
    for token in (*tokens[:2], theirs):
        await desk.authenticator.authenticate(token)
    await desk.end(session, desk.authenticator)
    for token in tokens:
        with pytest.raises(Unauthenticated):
            await desk.authenticator.authenticate(token)
    assert (await desk.authenticator.authenticate(theirs)).session_id == other.id


async def test_another_process_signs_somebody_out(desk: Desk) -> None:
    """It counts from the moment that the session's stream is named."""
    session = await desk.sign_in()
    token = desk.token(session)
    await desk.authenticator.authenticate(token)
    await desk.end(session)
    for stream in (f"workspace-{session.id}", f"personal_token-{session.id}"):
        desk.authenticator.stream_changed(stream)
    await desk.authenticator.authenticate(token)
    desk.authenticator.stream_changed(session.stream)
    with pytest.raises(Unauthenticated):
        await desk.authenticator.authenticate(token)


async def test_without_news_nothing_is_kept(desk: Desk) -> None:
    """As long as nobody would tell of sign-outs elsewhere, the database is asked every time."""
    session = await desk.sign_in()
    token = desk.token(session)
    await desk.authenticator.authenticate(token)
    desk.authenticator.trust(on=False)
    await desk.authenticator.authenticate(token)
    await desk.end(session)
    with pytest.raises(Unauthenticated):
        await desk.authenticator.authenticate(token)


async def test_a_check_that_a_sign_out_overtakes_is_not_kept(house: Any) -> None:
    """What was read before the commit must not be remembered after it."""

    class SlowDatabase:
        """Commits a sign-out between reading and answering."""

        async def read(self, statement: Any, parameters: Any) -> Any:
            rows = await house.database.read(statement, parameters)
            if changes:
                await changes.pop()()
            return rows

    desk = Desk(house, SlowDatabase())
    session = await desk.sign_in()

    async def end() -> None:
        await desk.end(session, desk.authenticator)

    changes, token = [end], desk.token(session)
    await desk.authenticator.authenticate(token)
    with pytest.raises(Unauthenticated):
        await desk.authenticator.authenticate(token)


async def test_memory_is_bounded(house: Any) -> None:
    """By sessions, and by tokens of one session; whoever is forgotten is verified again."""
    desk = Desk(house, size=2)
    sessions = [await desk.sign_in() for _ in range(5)]
    for session in sessions:
        for _ in range(2):
            await desk.authenticator.authenticate(desk.token(session))
    assert len(desk.authenticator._by_session) <= 2
    wide = Desk(house)
    for _ in range(40):
        await wide.authenticator.authenticate(wide.token(sessions[0]))
    assert len(wide.authenticator._by_session[sessions[0].id]) <= 16
    await wide.end(sessions[0], wide.authenticator)
    assert not wide.authenticator._by_session


async def test_no_token_outlives_its_session(desk: Desk) -> None:
    """Though the token itself were good for longer, and is remembered."""
    lifetimes = Lifetimes(idle_seconds=60, absolute_seconds=60, grace_seconds=1)
    session: Session = desk.house.make.session(desk.house.owner, at=desk.house.clock.now(), lifetimes=lifetimes)
    await desk.house.store(session)
    token = desk.token(session)
    await desk.authenticator.authenticate(token)
    desk.house.clock.advance(seconds=60)
    for authenticator in (desk.authenticator, Desk(desk.house, keys=desk.keys).authenticator):
        with pytest.raises(Unauthenticated):
            await authenticator.authenticate(token)
