"""Passkeys as use cases: whose they are, what they prove, and when they are good no more."""

from typing import Any

import pytest

from colonnade.application import Caller
from colonnade.application.identity.opening import SecondFactorRequired
from colonnade.application.identity.passkey_sign_in import (
    BeginPasskeyProof,
    BeginPasskeySecondFactor,
    BeginPasskeySignIn,
    FinishPasskeyProof,
    FinishPasskeySecondFactor,
    FinishPasskeySignIn,
)
from colonnade.application.identity.passkeys import (
    BeginPasskeyRegistration,
    FinishPasskeyRegistration,
    RemovePasskey,
    RenamePasskey,
)
from colonnade.application.identity.second_factor import ConfirmSecondFactor, SetUpSecondFactor
from colonnade.application.identity.sign_in import SignIn
from colonnade.core import Conflict, NotFound
from colonnade.domain.identity import SecretRefused, User
from colonnade.domain.identity.passkey_events import PasskeySuspected
from colonnade.domain.identity.passkeys import LastWayIn, Passkey, PasskeyRefused

from .desk import PASSWORD, Desk
from .gate import Gate


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


async def registered(gate: Gate, caller: Caller, name: str = "key", *, synced: bool = False) -> Passkey:
    """Let somebody make a passkey."""
    question = (await gate.ask(BeginPasskeyRegistration, caller)).public_key
    credential = {"id": name, "purpose": question["purpose"], "synced": synced}
    view = await gate.ask(FinishPasskeyRegistration, caller, name="Laptop", credential=credential)
    return gate.passkeys.all[view.id]


async def answered(gate: Gate, begin: Any, caller: Caller | None = None, **fields: object) -> dict[str, object]:
    """Return what the passkey answers to a question."""
    question = (await gate.ask(begin, caller, **fields)).public_key
    return {"id": "key", "purpose": question["purpose"], "count": 1}


@pytest.mark.parametrize(("synced", "method"), [(True, "swk"), (False, "hwk")])
async def test_a_passkey_signs_in_without_a_name_and_is_proof_enough(
    gate: Gate, caller: Caller, ada: User, synced: bool, method: str
) -> None:
    """The question names no passkey; no second factor is asked for."""
    passkey = await registered(gate, caller, synced=synced)
    assert (await gate.ask(BeginPasskeySignIn)).public_key["known"] == []
    credential = await answered(gate, BeginPasskeySignIn)
    await gate.desk.ask(SetUpSecondFactor, caller)
    pair = await gate.ask(FinishPasskeySignIn, credential=credential)

    assert pair.access_token == f"{ada.id} {method} user"
    assert (passkey.sign_count, passkey.backed_up) == (1, True)
    assert passkey.used_at == gate.desk.clock.now()


async def test_a_passkey_that_counts_backwards_is_not_good_any_more(gate: Gate, caller: Caller) -> None:
    """The refusal keeps that, as an event and as an attempt; the next good answer is refused as well."""
    passkey = await registered(gate, caller)
    passkey.sign_count = 7
    credential = await answered(gate, BeginPasskeySignIn)
    with pytest.raises(PasskeyRefused) as refused:
        await gate.ask(FinishPasskeySignIn, credential=credential)

    assert refused.value.keeps_changes
    assert isinstance(passkey.recorded_events[-1], PasskeySuspected)
    assert passkey.suspect_since is not None
    assert [attempt.recorded_events[0].reason for attempt in gate.desk.attempts] == ["passkey"]  # type: ignore[attr-defined]
    with pytest.raises(PasskeyRefused):
        await gate.ask(FinishPasskeySignIn, credential={**credential, "count": 8})


async def test_an_unknown_passkey_and_one_of_somebody_erased_are_refused_alike(
    gate: Gate, caller: Caller, ada: User
) -> None:
    """Nobody learns which passkeys there are."""
    await registered(gate, caller)
    credential = await answered(gate, BeginPasskeySignIn)
    ada.erase(at=gate.desk.clock.now())
    refusals = []
    for one in (credential, {**credential, "id": "another"}):
        with pytest.raises(PasskeyRefused) as refused:
            await gate.ask(FinishPasskeySignIn, credential=one)
        refusals.append((refused.value.message, refused.value.facts))
    assert refusals[0] == refusals[1]


async def test_a_passkey_is_a_second_factor(gate: Gate, caller: Caller, ada: User) -> None:
    """Of its owner, for the one sign-in that asks for it, which it finishes once."""
    await registered(gate, caller)
    challenge = await asked_for_more(gate, caller)
    question = (await gate.ask(BeginPasskeySecondFactor, challenge=challenge)).public_key
    assert question["known"] == ["key"]
    credential = {"id": "key", "purpose": question["purpose"], "count": 1}
    pair = await gate.ask(FinishPasskeySecondFactor, challenge=challenge, credential=credential)

    assert pair.access_token == f"{ada.id} hwk mfa pwd user"
    with pytest.raises(SecretRefused):
        await gate.ask(FinishPasskeySecondFactor, challenge=challenge, credential=credential)


async def test_the_second_factor_of_somebody_else_is_refused(gate: Gate, caller: Caller) -> None:
    """A few times, then the sign-in begins anew."""
    challenge = await asked_for_more(gate, caller)
    eve = await gate.desk.signed_in(await gate.desk.person("eve@example.com"))
    await registered(gate, eve)
    for _ in range(5):
        credential = await answered(gate, BeginPasskeySecondFactor, challenge=challenge)
        with pytest.raises(PasskeyRefused):
            await gate.ask(FinishPasskeySecondFactor, challenge=challenge, credential=credential)
    with pytest.raises(SecretRefused):
        await gate.ask(BeginPasskeySecondFactor, challenge=challenge)


async def test_a_passkey_proves_once_more_who_one_is(gate: Gate, caller: Caller) -> None:
    """In the session that asked, and nobody else's."""
    await registered(gate, caller)
    credential = await answered(gate, BeginPasskeyProof, caller)
    eve = await gate.desk.signed_in(await gate.desk.person("eve@example.com"))
    with pytest.raises(PasskeyRefused):
        await gate.ask(FinishPasskeyProof, eve, credential=credential)
    with pytest.raises(PasskeyRefused):
        await gate.ask(FinishPasskeyProof, eve, credential=await answered(gate, BeginPasskeyProof, eve))

    pair = await gate.ask(FinishPasskeyProof, caller, credential=credential)
    assert pair.access_token == f"{caller.user_id} hwk pwd user"


async def test_the_answer_to_one_question_is_none_to_another(gate: Gate, caller: Caller) -> None:
    """What was asked for a sign-in makes no passkey and proves nothing, and the other way round."""
    await registered(gate, caller)
    credential = await answered(gate, BeginPasskeySignIn)
    with pytest.raises(PasskeyRefused):
        await gate.ask(FinishPasskeyRegistration, caller, name="Laptop", credential=credential)
    with pytest.raises(PasskeyRefused):
        await gate.ask(FinishPasskeyProof, caller, credential=credential)
    with pytest.raises(PasskeyRefused):
        await gate.ask(FinishPasskeySignIn, credential=await answered(gate, BeginPasskeyProof, caller))


async def test_passkeys_are_renamed_and_removed_by_their_owner(gate: Gate, caller: Caller) -> None:
    """For others they are not there; a removed one is forgotten, and not there for its owner either."""
    passkey = await registered(gate, caller)
    eve = await gate.desk.signed_in(await gate.desk.person("eve@example.com"))
    for kind, fields in ((RenamePasskey, {"name": "Mine"}), (RemovePasskey, {})):
        with pytest.raises(NotFound):
            await gate.ask(kind, eve, passkey_id=passkey.id, **fields)
    assert (await gate.ask(RenamePasskey, caller, passkey_id=passkey.id, name="Phone")).name == "Phone"
    await gate.ask(RemovePasskey, caller, passkey_id=passkey.id)

    assert (passkey.credential_id, passkey.public_key, passkey.name) == (None, b"", "Removed")
    with pytest.raises(NotFound):
        await gate.ask(RemovePasskey, caller, passkey_id=passkey.id)


async def test_the_last_way_in_stays(gate: Gate, caller: Caller, ada: User) -> None:
    """Unless it is none, because it is suspect."""
    passkey = await registered(gate, caller)
    ada.password_hash = None
    with pytest.raises(LastWayIn):
        await gate.ask(RemovePasskey, caller, passkey_id=passkey.id)
    other = await registered(gate, caller, "other")
    await gate.ask(RemovePasskey, caller, passkey_id=passkey.id)
    other.suspect_since = gate.desk.clock.now()
    await gate.ask(RemovePasskey, caller, passkey_id=other.id)


async def test_nobody_has_more_passkeys_than_they_can_tell_apart(gate: Gate, caller: Caller) -> None:
    """An authenticator makes no second one, and after twenty no other does."""
    for number in range(20):
        await registered(gate, caller, f"key {number}")
    with pytest.raises(Conflict):
        await gate.ask(BeginPasskeyRegistration, caller)


def test_what_changes_passkeys_asks_for_a_fresh_proof() -> None:
    """A stolen token makes no key of its own."""
    sensitive = (BeginPasskeyRegistration, FinishPasskeyRegistration, RemovePasskey)
    assert all(kind.step_up for kind in sensitive)


async def asked_for_more(gate: Gate, caller: Caller) -> str:
    """Turn codes on, type the password, and return what the sign-in goes on with."""
    await gate.desk.ask(SetUpSecondFactor, caller)
    code = f"{int(gate.desk.clock.now().timestamp()) // 30 % 1_000_000:06}"
    await gate.desk.ask(ConfirmSecondFactor, caller, code=code)
    with pytest.raises(SecondFactorRequired) as asked:
        await gate.ask(SignIn, email="ada@example.com", password=PASSWORD)
    return str(asked.value.facts["challenge"])
