"""People hear of what an attacker would do to their account."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from colonnade.application.identity.account_mails import (
    AccountMails,
    account_subscriptions,
    tell_of_change,
    tell_of_new_device,
)
from colonnade.application.identity.account_ports import AccountMail
from colonnade.core import DomainEvent
from colonnade.domain.identity import ERASED_EMAIL, PasswordChanged, RefreshTokenReused, SessionOpened, User
from colonnade.domain.identity.second_factor_events import (
    RecoveryCodeUsed,
    SecondFactorTurnedOff,
    SecondFactorTurnedOn,
)

from .desk import NOON, Desk, Sealed

RECORDED: Any = SimpleNamespace(recorded_at=NOON)


@pytest.fixture
async def ada(desk: Desk) -> User:
    """Somebody with an account."""
    return await desk.person()


def mails(desk: Desk) -> AccountMails:
    """Return what lets mails go out."""
    return AccountMails(desk.jobs, Sealed())


async def opened(desk: Desk, ada: User, *, new_device: bool) -> None:
    """Sign in, and let the subscription hear of it."""
    caller = await desk.signed_in(ada)
    event = SessionOpened(
        session_id=caller.session_id,
        user_id=ada.id,
        expires_at=NOON + timedelta(hours=1),
        methods=("pwd",),
        new_device=new_device,
    )
    await tell_of_new_device(event, RECORDED, desk.sessions, mails(desk))


async def test_a_new_device_is_told_of_unless_it_is_the_first(desk: Desk, ada: User) -> None:
    """With what it is, from where and when; of a known device nothing is said."""
    await opened(desk, ada, new_device=True)
    await opened(desk, ada, new_device=False)
    assert await desk.work() == []
    await opened(desk, ada, new_device=True)
    (letter,) = await desk.work()
    assert (letter.kind, letter.to) == (AccountMail.NEW_DEVICE, "ada@example.com")
    assert letter.facts == {
        "device": "Unknown device",
        "address": "an unknown address",
        "at": "02 March 2026 12:00 UTC",
    }


@pytest.mark.parametrize(
    ("kind", "further", "mail"),
    [
        (RefreshTokenReused, {"session_id": "01960000-0000-7000-8000-000000000000"}, AccountMail.TOKEN_REUSED),
        (PasswordChanged, {}, AccountMail.PASSWORD_CHANGED),
        (SecondFactorTurnedOn, {}, AccountMail.SECOND_FACTOR_ON),
        (SecondFactorTurnedOff, {}, AccountMail.SECOND_FACTOR_OFF),
        (RecoveryCodeUsed, {"left": 9}, AccountMail.RECOVERY_CODE_USED),
    ],
)
async def test_changes_are_told_of(
    desk: Desk, ada: User, kind: type[DomainEvent], further: dict[str, object], mail: AccountMail
) -> None:
    event: Any = kind.model_validate({"user_id": ada.id, **further})
    await tell_of_change(event, mails(desk))
    (letter,) = await desk.work()
    assert (letter.kind, letter.to, letter.name) == (mail, "ada@example.com", "Ada Lovelace")


async def test_nobody_writes_to_the_erased(desk: Desk, ada: User) -> None:
    """Nor to those whose account is gone: the job has nothing to do."""
    mails(desk).send(ada.id, AccountMail.PASSWORD_CHANGED)
    ada.erase(at=NOON)
    assert ada.email == ERASED_EMAIL
    assert await desk.work() == []
    mails(desk).send(ada.id, AccountMail.PASSWORD_CHANGED)
    desk.users.all.clear()
    assert await desk.work() == []


def test_the_subscriptions_are_there() -> None:
    """Each under its lasting name."""
    names = {subscription.name for subscription in account_subscriptions}
    assert names == {"identity.new_device", "identity.security_notices"}
