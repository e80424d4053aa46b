"""Identity providers as use cases: who is signed in, who is not, and whose account is whose."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

import pytest

from colonnade.application import Caller
from colonnade.application.identity.federation import (
    ExternalUnknown,
    FinishLink,
    LinkProvider,
    RedeemSignIn,
    UnlinkProvider,
)
from colonnade.application.identity.federation_arrivals import TakeAnswer
from colonnade.application.identity.federation_ports import ArrivalRefused
from colonnade.application.identity.opening import SecondFactorRequired
from colonnade.application.identity.second_factor import ConfirmSecondFactor, SetUpSecondFactor
from colonnade.application.messaging import INTERNAL
from colonnade.core import NotFound
from colonnade.domain.identity import User
from colonnade.domain.identity.passkeys import LastWayIn

from .desk import NOON, Desk
from .gate import Gate

VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
async def gate(desk: Desk) -> Gate:
    """The ways in."""
    return await Gate(desk).open()


@pytest.fixture
async def ada(desk: Desk) -> User:
    """Somebody with an account."""
    return await desk.person()


@pytest.fixture
async def caller(desk: Desk, ada: User) -> Caller:
    """Ada, signed in."""
    return await desk.signed_in(ada)


async def test_a_linked_account_signs_in(gate: Gate, caller: Caller) -> None:
    """Whatever address the provider tells; its word is proof enough."""
    await gate.ask(FinishLink, caller, code=gate.comes("link", for_user=caller.user_id))
    pair = await gate.ask(RedeemSignIn, code=gate.comes("in", email="other@id.example", email_verified=False))
    assert pair.access_token == f"{caller.user_id} fed"


@pytest.fixture
async def careful(gate: Gate, caller: Caller) -> Caller:
    """Ada, who has linked her account and has a second factor here."""
    await gate.ask(FinishLink, caller, code=gate.comes("link", for_user=caller.user_id))
    await gate.desk.ask(SetUpSecondFactor, caller)
    code = f"{int(gate.desk.clock.now().timestamp()) // 30 % 1_000_000:06}"
    await gate.desk.ask(ConfirmSecondFactor, caller, code=code)
    return caller


@pytest.mark.parametrize(
    "said", [{}, {"methods": ("pwd",)}, {"methods": ("fed", "otp")}, {"provider": "gone"}], ids=repr
)
async def test_whoever_has_a_second_factor_here_is_asked_for_it(
    gate: Gate, careful: Caller, said: dict[str, Any]
) -> None:
    """A provider is no way around it, nor is one that there is no more; no session begins before."""
    before = gate.desk.open_sessions()
    with pytest.raises(SecondFactorRequired) as asked:
        await gate.ask(RedeemSignIn, code=gate.comes("in", **said))
    assert asked.value.facts["methods"] == ["totp"]
    assert asked.value.keeps_changes
    assert [secret.facts for secret in gate.desk.secrets.all.values()] == ['["fed"]']
    assert gate.desk.open_sessions() == before


async def test_a_provider_that_asked_for_several_factors_is_enough(gate: Gate, careful: Caller) -> None:
    """As it says itself (`amr` of RFC 8176), and the session says so."""
    pair = await gate.ask(RedeemSignIn, code=gate.comes("in", methods=("pwd", "mfa")))
    assert pair.access_token == f"{careful.user_id} fed mfa"


async def test_a_provider_can_be_trusted_to_have_asked(gate: Gate, careful: Caller) -> None:
    """Where the operator says so."""
    pair = await gate.ask(RedeemSignIn, code=gate.comes("in", provider="trusted"))
    assert pair.access_token == f"{careful.user_id} fed"


@pytest.mark.parametrize(
    ("signed_in_at", "proved_at"),
    [
        (NOON - timedelta(hours=3), NOON - timedelta(hours=3)),
        (NOON + timedelta(hours=3), NOON),
        (None, NOON),
    ],
)
async def test_a_proof_is_as_old_as_the_provider_says(
    gate: Gate, caller: Caller, signed_in_at: datetime | None, proved_at: datetime
) -> None:
    """Never of the future; where it says nothing, it is of now."""
    await gate.ask(FinishLink, caller, code=gate.comes("link", for_user=caller.user_id))
    await gate.ask(RedeemSignIn, code=gate.comes("in", signed_in_at=signed_in_at))
    newest = max(gate.desk.sessions.all.values(), key=lambda session: session.id)
    assert newest.methods == ("fed",)
    assert newest.proved_at == proved_at


@pytest.mark.parametrize("provider", ["house", "open"])
async def test_an_address_opens_no_account(gate: Gate, ada: User, provider: str) -> None:
    """Whoever gets a provider to say that Ada's address is theirs is not Ada."""
    code = gate.comes("in", provider=provider, email=str(ada.email), email_verified=True)
    with pytest.raises(ExternalUnknown):
        await gate.ask(RedeemSignIn, code=code)
    assert not gate.externals.all
    assert gate.desk.open_sessions() == 0


async def test_an_address_that_was_never_confirmed_opens_no_account_either(gate: Gate) -> None:
    """Or somebody could register it beforehand and wait for its owner to come."""
    user = await gate.desk.person("ada@id.example", confirmed=False)
    with pytest.raises(ExternalUnknown):
        await gate.ask(RedeemSignIn, code=gate.comes("in", provider="open"))
    assert user.email_confirmed_at is None


async def test_a_stranger_gets_an_account_where_that_is_allowed(gate: Gate) -> None:
    """With the address and the name that the provider tells, without a password, and the same one the next time."""
    first = await gate.ask(RedeemSignIn, code=gate.comes("first", provider="open"))
    (user,) = gate.desk.users.all.values()
    again = await gate.ask(RedeemSignIn, code=gate.comes("again", provider="open", email=None))

    assert (user.email, user.name, user.password_hash) == ("ada@id.example", "Ada Byron", None)
    assert user.email_confirmed_at == NOON
    assert first.access_token == again.access_token == f"{user.id} fed"


@pytest.mark.parametrize(
    "said",
    [
        {"provider": "house"},
        {"provider": "gone"},
        {"provider": "open", "email_verified": False},
        {"provider": "open", "email": None},
        {"provider": "open", "email": "no address"},
        {"provider": "open", "email": "?ada@id.example"},
    ],
    ids=repr,
)
async def test_a_stranger_gets_none_otherwise(gate: Gate, said: dict[str, Any]) -> None:
    """Not from a provider that may not, nor without an address that is surely theirs and passes for no other."""
    with pytest.raises(ExternalUnknown):
        await gate.ask(RedeemSignIn, code=gate.comes("in", **said))
    assert not gate.desk.users.all


@pytest.mark.parametrize("name", [None, "", "x" * 500, "A\nB", "?Ada"])
async def test_a_name_that_is_not_good_is_taken_from_the_address(gate: Gate, name: str | None) -> None:
    """Providers tell all kinds of names."""
    await gate.ask(RedeemSignIn, code=gate.comes("in", provider="open", name=name))
    (user,) = gate.desk.users.all.values()
    assert user.name == "ada"


async def test_an_erased_account_is_not_signed_in(gate: Gate, caller: Caller, ada: User) -> None:
    """Nor is another made in its place."""
    await gate.ask(FinishLink, caller, code=gate.comes("link", for_user=caller.user_id, provider="open"))
    ada.erase(at=NOON)
    with pytest.raises(ExternalUnknown):
        await gate.ask(RedeemSignIn, code=gate.comes("in", provider="open"))


async def test_a_code_is_good_once_and_only_if_it_is_one(gate: Gate) -> None:
    """Also if its first use was in vain."""
    code = gate.comes("in", provider="house")
    with pytest.raises(ExternalUnknown) as in_vain:
        await gate.ask(RedeemSignIn, code=code)
    assert in_vain.value.keeps_changes
    for one in (code, "another"):
        with pytest.raises(ArrivalRefused) as refused:
            await gate.ask(RedeemSignIn, code=one)
        assert refused.value.keeps_changes


@pytest.mark.parametrize(("challenge", "verifier"), [(CHALLENGE, None), (CHALLENGE, "w" * 43), (None, VERIFIER)])
async def test_a_code_is_good_for_whoever_began(gate: Gate, challenge: str | None, verifier: str | None) -> None:
    """A stolen code is worth nothing, and a page takes no code that somebody else began with (login CSRF)."""
    code = gate.comes("in", provider="open", challenge=challenge)
    with pytest.raises(ArrivalRefused):
        await gate.ask(RedeemSignIn, code=code, verifier=verifier)


async def test_whoever_began_shows_it(gate: Gate) -> None:
    """With the origin of what they began with."""
    code = gate.comes("in", provider="open", challenge=CHALLENGE)
    assert await gate.ask(RedeemSignIn, code=code, verifier=VERIFIER)


async def test_only_whoever_began_to_link_finishes(gate: Gate, caller: Caller) -> None:
    """Nobody else's account at a provider gets into theirs, nor theirs into anybody else's."""
    eve = await gate.desk.signed_in(await gate.desk.person("eve@example.com"))
    for code, who in (("of Ada", eve), ("of nobody", caller)):
        gate.comes(code, for_user=caller.user_id if code == "of Ada" else None)
        with pytest.raises(ArrivalRefused):
            await gate.ask(FinishLink, who, code=code)
    with pytest.raises(ArrivalRefused):
        await gate.ask(RedeemSignIn, code=gate.comes("to link", for_user=caller.user_id))


async def test_linking_begins_at_a_provider_that_there_is(gate: Gate, caller: Caller) -> None:
    """With a fresh proof of who one is."""
    started = await gate.ask(LinkProvider, caller, provider="house", challenge=CHALLENGE)
    assert started.url == f"house {caller.user_id} {CHALLENGE}"
    assert "house" not in repr(started)
    assert LinkProvider.step_up
    assert UnlinkProvider.step_up
    with pytest.raises(NotFound):
        await gate.ask(LinkProvider, caller, provider="evil")


async def test_an_account_is_unlinked_by_its_owner_unless_it_is_the_last_way_in(
    gate: Gate, caller: Caller, ada: User
) -> None:
    """What it was called is forgotten, and it signs in no more."""
    link = (await gate.ask(FinishLink, caller, code=gate.comes("link", for_user=caller.user_id))).id
    eve = await gate.desk.signed_in(await gate.desk.person("eve@example.com"))
    with pytest.raises(NotFound):
        await gate.ask(UnlinkProvider, eve, link_id=link)
    password, ada.password_hash = ada.password_hash, None
    with pytest.raises(LastWayIn):
        await gate.ask(UnlinkProvider, caller, link_id=link)
    ada.password_hash = password
    await gate.ask(UnlinkProvider, caller, link_id=link)

    assert [linked.subject for linked in gate.externals.all.values()] == [None]
    with pytest.raises(ExternalUnknown):
        await gate.ask(RedeemSignIn, code=gate.comes("in"))
    with pytest.raises(NotFound):
        await gate.ask(UnlinkProvider, caller, link_id=link)


async def test_an_answer_comes_once(gate: Gate) -> None:
    """Only the service notes that."""
    assert TakeAnswer.access is INTERNAL
    until = NOON + timedelta(minutes=1)
    await gate.ask(TakeAnswer, mark="trip", until=until)
    with pytest.raises(ArrivalRefused):
        await gate.ask(TakeAnswer, mark="trip", until=until)
