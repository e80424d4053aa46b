"""The second factor: set up, asked for, good once, and not to be guessed."""

from datetime import timedelta

import pytest

from colonnade.application import Caller
from colonnade.application.identity import SignIn
from colonnade.application.identity.opening import SecondFactorRequired
from colonnade.application.identity.reset import ResetPassword
from colonnade.application.identity.second_factor import (
    ConfirmSecondFactor,
    DisableSecondFactor,
    ProveWithCode,
    RegenerateRecoveryCodes,
    SetUpSecondFactor,
    SignInWithCode,
)
from colonnade.core.errors import LimitExceeded
from colonnade.domain.identity import SecretRefused, User
from colonnade.domain.identity.second_factor import SecondFactorOff, SecondFactorRefused

from .desk import PASSWORD, Desk


@pytest.fixture
async def ada(desk: Desk) -> User:
    """Somebody with an account."""
    return await desk.person()


@pytest.fixture
async def caller(desk: Desk, ada: User) -> Caller:
    """Ada, signed in before she set anything up."""
    return await desk.signed_in(ada)


@pytest.fixture
async def recovery(desk: Desk, caller: Caller) -> tuple[str, ...]:
    """A second factor that is on; the next code is a new one."""
    await desk.ask(SetUpSecondFactor, caller)
    codes = (await desk.ask(ConfirmSecondFactor, caller, code=shown(desk))).codes
    desk.clock.time += timedelta(seconds=30)
    return tuple(codes)


def shown(desk: Desk) -> str:
    """Return what the app shows."""
    return f"{int(desk.clock.now().timestamp()) // 30 % 1_000_000:06}"


async def challenge(desk: Desk) -> str:
    """Type the password, and return what the sign-in goes on with."""
    with pytest.raises(SecondFactorRequired) as asked:
        await desk.ask(SignIn, email="ada@example.com", password=PASSWORD)
    assert asked.value.facts["methods"] == ["totp"]
    return str(asked.value.facts["challenge"])


async def test_nothing_is_asked_for_before_a_code_came(desk: Desk, caller: Caller, ada: User) -> None:
    secret = await desk.ask(SetUpSecondFactor, caller)
    assert secret.uri == "otpauth://totp/ada@example.com?secret=SECRET"
    assert "SECRET" not in repr(secret)
    assert "SECRET" not in str(desk.factors.all[ada.id].sealed_secret)
    with pytest.raises(SecondFactorRefused):
        await desk.ask(ConfirmSecondFactor, caller, code="000000")
    await desk.ask(SignIn, email="ada@example.com", password=PASSWORD)


async def test_a_sign_in_is_finished_with_a_code(desk: Desk, ada: User, recovery: tuple[str, ...]) -> None:
    """The session says how; apps show codes with a space."""
    before = len(desk.sessions.all)
    going_on = await challenge(desk)
    assert len(desk.sessions.all) == before
    code = shown(desk)
    pair = await desk.ask(SignInWithCode, challenge=going_on, code=f"{code[:3]} {code[3:]}")
    assert pair.access_token == f"{ada.id} mfa otp pwd"


async def test_a_code_is_good_once(desk: Desk, recovery: tuple[str, ...]) -> None:
    """Neither for another sign-in nor for the same one; the one that turned it on is used, too."""
    first, second, code = await challenge(desk), await challenge(desk), shown(desk)
    await desk.ask(SignInWithCode, challenge=first, code=code)
    with pytest.raises(SecondFactorRefused):
        await desk.ask(SignInWithCode, challenge=second, code=code)
    with pytest.raises(SecretRefused):
        await desk.ask(SignInWithCode, challenge=first, code=recovery[0])


async def test_the_code_that_turned_it_on_signs_nobody_in(desk: Desk, recovery: tuple[str, ...]) -> None:
    going_on = await challenge(desk)
    desk.clock.time -= timedelta(seconds=30)
    with pytest.raises(SecondFactorRefused):
        await desk.ask(SignInWithCode, challenge=going_on, code=shown(desk))


async def test_a_challenge_survives_four_wrong_codes(desk: Desk, recovery: tuple[str, ...]) -> None:
    """The fifth ends it, so the right one comes too late; each took a turn before it was looked at."""
    going_on = await challenge(desk)
    desk.throttle.turns.clear()
    for _ in range(5):
        with pytest.raises(SecondFactorRefused):
            await desk.ask(SignInWithCode, challenge=going_on, code="000000")
    with pytest.raises(SecretRefused):
        await desk.ask(SignInWithCode, challenge=going_on, code=shown(desk))
    assert len(desk.throttle.turns) == len(desk.attempts) == 5


async def test_without_a_turn_no_code_is_looked_at(desk: Desk, ada: User, recovery: tuple[str, ...]) -> None:
    """Not even the right one: turns are the account's, however many challenges somebody asks for."""
    going_on = await challenge(desk)
    desk.throttle.is_shut = True
    with pytest.raises(LimitExceeded):
        await desk.ask(SignInWithCode, challenge=going_on, code=shown(desk))
    desk.throttle.is_shut = False
    await desk.ask(SignInWithCode, challenge=going_on, code=shown(desk))
    assert desk.throttle.forgiven[-1] == f"code {ada.id}"


async def test_a_recovery_code_is_good_once(desk: Desk, recovery: tuple[str, ...]) -> None:
    await desk.ask(SignInWithCode, challenge=await challenge(desk), code=recovery[0])
    with pytest.raises(SecondFactorRefused):
        await desk.ask(SignInWithCode, challenge=await challenge(desk), code=recovery[0])


async def test_new_recovery_codes_replace_the_former(desk: Desk, caller: Caller, recovery: tuple[str, ...]) -> None:
    fresh = (await desk.ask(RegenerateRecoveryCodes, caller)).codes
    assert len({*fresh, *recovery}) == 20
    with pytest.raises(SecondFactorRefused):
        await desk.ask(SignInWithCode, challenge=await challenge(desk), code=recovery[1])


async def test_a_code_proves_once_more_who_somebody_is(desk: Desk, caller: Caller, recovery: tuple[str, ...]) -> None:
    code = shown(desk)
    pair = await desk.ask(ProveWithCode, caller, code=code)
    assert "otp" in pair.access_token
    with pytest.raises(SecondFactorRefused):
        await desk.ask(ProveWithCode, caller, code=code)


async def test_what_is_turned_off_is_not_asked_for(desk: Desk, caller: Caller, recovery: tuple[str, ...]) -> None:
    """A sign-in that was waiting for a code is not let in by one."""
    going_on = await challenge(desk)
    await desk.ask(DisableSecondFactor, caller)
    await desk.ask(DisableSecondFactor, caller)
    with pytest.raises(SecondFactorRefused):
        await desk.ask(SignInWithCode, challenge=going_on, code=shown(desk))
    await desk.ask(SignIn, email="ada@example.com", password=PASSWORD)


async def test_who_set_nothing_up_has_nothing_to_recover_or_to_turn_off(desk: Desk, caller: Caller) -> None:
    with pytest.raises(SecondFactorOff):
        await desk.ask(RegenerateRecoveryCodes, caller)
    with pytest.raises(SecondFactorRefused):
        await desk.ask(ProveWithCode, caller, code="000000")
    await desk.ask(DisableSecondFactor, caller)


async def test_a_challenge_is_no_reset_link(desk: Desk, recovery: tuple[str, ...]) -> None:
    with pytest.raises(SecretRefused):
        await desk.ask(ResetPassword, token=await challenge(desk), password="a third engine")
