"""Resetting and changing passwords and addresses: what is good once, what ends, and who is told."""

from datetime import timedelta

import pytest

from colonnade.application.identity import SignIn
from colonnade.application.identity.account_ports import AccountMail
from colonnade.application.identity.email_change import ConfirmEmailChange, RequestEmailChange
from colonnade.application.identity.password_change import ChangePassword
from colonnade.application.identity.reset import RequestPasswordReset, ResetPassword
from colonnade.application.identity.sign_in import SignInRefused
from colonnade.application.identity.verification import ConfirmEmail
from colonnade.core import Invalid, new_id
from colonnade.domain.identity import Device, SecretRefused, User
from colonnade.domain.identity.device_grant import DeviceAccessDenied, DeviceGrant, DeviceGrantId

from .desk import NOON, PASSWORD, Desk

NEW = "quite another engine"


@pytest.fixture
async def ada(desk: Desk) -> User:
    """Somebody with an account."""
    return await desk.person()


async def reset_token(desk: Desk) -> str:
    """Ask for a link and return its token."""
    await desk.ask(RequestPasswordReset, email="ada@example.com")
    (letter,) = await desk.work()
    return letter.facts["token"]


async def test_a_change_that_a_reset_overtakes_changes_nothing(desk: Desk, ada: User) -> None:
    """Whoever knows the old password may be changing it in the very moment."""
    caller, verify = await desk.signed_in(ada), desk.hasher.verify

    async def slow(password: str, password_hash: str | None) -> bool:
        right = await verify(password, password_hash)
        ada.change_password(f"hashed {NEW}")
        return right

    desk.hasher.verify = slow  # type: ignore[method-assign]  # somebody else is faster
    with pytest.raises(SignInRefused):
        await desk.ask(ChangePassword, caller, current=PASSWORD, new="the engine of a thief")
    assert ada.password_hash == f"hashed {NEW}"


async def test_a_device_that_was_let_in_before_a_reset_gets_nothing_after_it(desk: Desk, ada: User) -> None:
    """Whoever had the account may have let one in and be waiting."""
    grant = DeviceGrant.ask(
        new_id(DeviceGrantId),
        device_digest="d",
        user_digest="u",
        device=Device("Thief"),
        at=NOON,
        expires_at=NOON + timedelta(seconds=600),
    )
    grant.decide(ada.id, approve=True, at=NOON)
    await desk.grants.add(grant)
    await desk.ask(ResetPassword, token=await reset_token(desk), password=NEW)
    with pytest.raises(DeviceAccessDenied):
        grant.redeem(at=NOON)


async def test_a_reset_changes_the_password_and_signs_everybody_out_and_nobody_in(desk: Desk, ada: User) -> None:
    for _ in range(3):
        await desk.signed_in(ada)
    token = await reset_token(desk)
    assert await desk.ask(ResetPassword, token=token, password=NEW) is None
    assert desk.open_sessions() == 0
    await desk.ask(SignIn, email=ada.email, password=NEW)
    with pytest.raises(SignInRefused):
        await desk.ask(SignIn, email=ada.email, password=PASSWORD)


async def test_the_sessions_of_somebody_with_very_many_all_end(desk: Desk, ada: User) -> None:
    """An attacker cannot hide one behind hundreds."""
    for _ in range(250):
        await desk.signed_in(ada)
    await desk.ask(ResetPassword, token=await reset_token(desk), password=NEW)
    assert desk.open_sessions() == 0


async def test_a_reset_link_is_good_once_and_takes_the_others_with_it(desk: Desk, ada: User) -> None:
    first, second = await reset_token(desk), await reset_token(desk)
    await desk.ask(ResetPassword, token=first, password=NEW)
    for token in (first, second):
        with pytest.raises(SecretRefused):
            await desk.ask(ResetPassword, token=token, password="a third engine")
    assert ada.password_hash == f"hashed {NEW}"


async def test_a_reset_link_is_good_for_a_while_and_for_nothing_else(desk: Desk, ada: User) -> None:
    token = await reset_token(desk)
    for kind in (ConfirmEmail, ConfirmEmailChange):
        with pytest.raises(SecretRefused):
            await desk.ask(kind, token=token)
    desk.clock.time += timedelta(seconds=600)
    with pytest.raises(SecretRefused):
        await desk.ask(ResetPassword, token=token, password=NEW)
    assert ada.password_hash == f"hashed {PASSWORD}"


@pytest.mark.parametrize("token", ["x", ".", "٣.٣", "00000000-0000-0000-0000-000000000007.secret"])
async def test_what_is_no_link_costs_no_hash(desk: Desk, token: str) -> None:
    with pytest.raises(SecretRefused):
        await desk.ask(ResetPassword, token=token, password=NEW)
    assert desk.hasher.hashes == 0


async def test_a_weak_password_does_not_use_the_link_up(desk: Desk, ada: User) -> None:
    token = await reset_token(desk)
    with pytest.raises(Invalid):
        await desk.ask(ResetPassword, token=token, password="password1")
    await desk.ask(ResetPassword, token=token, password=NEW)


async def test_asking_for_a_link_tells_nobody_who_has_an_account(desk: Desk, ada: User) -> None:
    """The answer, the work and the job are the same; only the mail is not."""
    sizes = set()
    for email in ("ada@example.com", "eve@example.com"):
        assert await desk.ask(RequestPasswordReset, email=email) is None
        (job,) = desk.jobs.waiting
        sizes.add((type(job.message), len(job.message.model_dump_json())))
        assert desk.accounts.asked == 0
        letters = await desk.work()
        assert len(letters) == (email == "ada@example.com")
        desk.accounts.asked = 0
    assert len(sizes) == 1


async def test_changing_the_password_ends_the_other_sessions(desk: Desk, ada: User) -> None:
    """And what an attacker has under way; the session that does it goes on."""
    await desk.signed_in(ada)
    token = await reset_token(desk)
    caller = await desk.signed_in(ada)
    await desk.ask(ChangePassword, caller, current=PASSWORD, new=NEW)
    assert desk.open_sessions() == 1
    assert desk.sessions.all[caller.session_id].ended_at is None
    with pytest.raises(SecretRefused):
        await desk.ask(ResetPassword, token=token, password="a third engine")


async def test_a_wrong_present_password_changes_nothing_and_is_counted(desk: Desk, ada: User) -> None:
    caller = await desk.signed_in(ada)
    desk.throttle.turns.clear()
    with pytest.raises(SignInRefused):
        await desk.ask(ChangePassword, caller, current="wrong", new=NEW)
    assert ada.password_hash == f"hashed {PASSWORD}"
    assert desk.throttle.turns == ["ada@example.com"]
    assert len(desk.attempts) == 1


async def test_another_address_is_confirmed_there_and_told_here(desk: Desk, ada: User) -> None:
    caller, token = await desk.signed_in(ada), await reset_token(desk)
    await desk.ask(RequestEmailChange, caller, email="countess@example.com")
    letters = {letter.kind: letter for letter in await desk.work()}
    assert letters[AccountMail.EMAIL_CHANGE_REQUESTED].to == "ada@example.com"
    link = letters[AccountMail.CHANGE_EMAIL]
    assert link.to == "countess@example.com"
    assert ada.email == "ada@example.com"
    await desk.ask(ConfirmEmailChange, token=link.facts["token"])
    assert ada.email == "countess@example.com"
    (notice,) = await desk.work()
    assert (notice.kind, notice.to) == (AccountMail.EMAIL_CHANGED, "ada@example.com")
    with pytest.raises(SecretRefused):
        await desk.ask(ResetPassword, token=token, password=NEW)
    with pytest.raises(SecretRefused):
        await desk.ask(ConfirmEmailChange, token=link.facts["token"])


async def test_a_new_password_stops_a_change_of_address(desk: Desk, ada: User) -> None:
    """Whoever got into an account does not keep it by an address of their own."""
    caller = await desk.signed_in(ada)
    await desk.ask(RequestEmailChange, caller, email="eve@example.com")
    link = next(letter for letter in await desk.work() if letter.kind is AccountMail.CHANGE_EMAIL)
    await desk.ask(ResetPassword, token=await reset_token(desk), password=NEW)
    with pytest.raises(SecretRefused):
        await desk.ask(ConfirmEmailChange, token=link.facts["token"])


async def test_an_address_that_is_taken_is_not_told_to_whoever_wants_it(desk: Desk, ada: User) -> None:
    await desk.person("grace@example.com")
    caller = await desk.signed_in(ada)
    await desk.ask(RequestEmailChange, caller, email="grace@example.com")
    sent = {(letter.kind, letter.to) for letter in await desk.work()}
    assert sent == {
        (AccountMail.EMAIL_CHANGE_REQUESTED, "ada@example.com"),
        (AccountMail.ACCOUNT_EXISTS, "grace@example.com"),
    }


async def test_the_address_that_a_link_stands_for_is_sealed(desk: Desk, ada: User) -> None:
    """For the account that asked, so that it cannot be put beside another one's link."""
    caller = await desk.signed_in(ada)
    await desk.ask(RequestEmailChange, caller, email="countess@example.com")
    link = next(letter for letter in await desk.work() if letter.kind is AccountMail.CHANGE_EMAIL)
    (secret,) = desk.secrets.all.values()
    assert "countess" not in str(secret.facts)
    secret.facts = None
    with pytest.raises(SecretRefused):
        await desk.ask(ConfirmEmailChange, token=link.facts["token"])
