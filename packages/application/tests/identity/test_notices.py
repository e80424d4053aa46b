"""People hear of what an attacker would do to their account."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from colonnade.application.identity.account_mails import AccountMails
from colonnade.application.identity.account_ports import AccountMail
from colonnade.application.identity.notices import (
    SESSIONS_KEPT_SECONDS,
    subscriptions,
    tell_of_change,
    tell_of_new_device,
)
from colonnade.core import DomainEvent, RecordedEvent
from colonnade.domain.identity import ERASED_EMAIL, PasswordChanged, RefreshTokenReused, SessionOpened, User
from colonnade.domain.identity.external_events import ProviderLinked, ProviderUnlinked
from colonnade.domain.identity.passkey_events import PasskeyAdded, PasskeyRemoved
from colonnade.domain.identity.personal_token_events import PersonalTokenCreated
from colonnade.domain.identity.second_factor_events import (
    RecoveryCodeUsed,
    SecondFactorTurnedOff,
    SecondFactorTurnedOn,
)

from .desk import NOON, Desk, Sealed

RECORDED: Any = SimpleNamespace(recorded_at=NOON, metadata={"caller": "somebody"})
ID = "01960000-0000-7000-8000-000000000000"
TOKEN = {
    "token_id": ID,
    "permissions": ["task.read"],
    "workspace_id": None,
    "project_ids": [],
    "expires_at": NOON + timedelta(days=1),
}


class Known:
    """Opens what all events are said to have come with."""

    def __init__(self, **about: str) -> None:
        self.about = about

    async def of(self, recorded: RecordedEvent) -> dict[str, str]:
        """Return it."""
        return self.about


HOME = Known(address="192.0.2.7", agent="Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")


@pytest.fixture
async def ada(desk: Desk) -> User:
    """Somebody with an account."""
    return await desk.person()


def mails(desk: Desk) -> AccountMails:
    """Return what lets mails go out."""
    return AccountMails(desk.jobs, Sealed())


async def opened(desk: Desk, ada: User, *, new_device: bool) -> None:
    """Sign in, and let the subscription hear of it."""
    desk.clock.time += timedelta(minutes=1)
    caller = await desk.signed_in(ada)
    event = SessionOpened(
        session_id=caller.session_id,
        user_id=ada.id,
        expires_at=NOON + timedelta(hours=1),
        methods=("pwd",),
        new_device=new_device,
    )
    await tell_of_new_device(event, RECORDED, desk.sessions, desk.users, mails(desk))


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


async def test_whoever_comes_back_to_a_forgotten_account_is_told_of(desk: Desk, ada: User) -> None:
    """None of its sessions is known any more, but it is too old for this to be the first."""
    desk.clock.time += timedelta(seconds=SESSIONS_KEPT_SECONDS)
    await opened(desk, ada, new_device=True)
    (letter,) = await desk.work()
    assert letter.kind is AccountMail.NEW_DEVICE


async def test_nobody_is_told_of_a_session_that_is_gone(desk: Desk, ada: User) -> None:
    """With all that was of somebody who has been erased meanwhile."""
    event = SessionOpened(session_id=UUID(ID), user_id=ada.id, expires_at=NOON, methods=("pwd",), new_device=True)
    await tell_of_new_device(event, RECORDED, desk.sessions, desk.users, mails(desk))
    assert await desk.work() == []


@pytest.mark.parametrize(
    ("kind", "further", "mail"),
    [
        (RefreshTokenReused, {"session_id": ID}, AccountMail.TOKEN_REUSED),
        (PasswordChanged, {}, AccountMail.PASSWORD_CHANGED),
        (SecondFactorTurnedOn, {}, AccountMail.SECOND_FACTOR_ON),
        (SecondFactorTurnedOff, {}, AccountMail.SECOND_FACTOR_OFF),
        (RecoveryCodeUsed, {"left": 9}, AccountMail.RECOVERY_CODE_USED),
        (PasskeyAdded, {"passkey_id": ID, "synced": True}, AccountMail.PASSKEY_ADDED),
        (PasskeyRemoved, {"passkey_id": ID}, AccountMail.PASSKEY_REMOVED),
        (ProviderLinked, {"link_id": ID, "provider": "Example"}, AccountMail.PROVIDER_LINKED),
        (ProviderUnlinked, {"link_id": ID, "provider": "Example"}, AccountMail.PROVIDER_UNLINKED),
        (PersonalTokenCreated, TOKEN, AccountMail.PERSONAL_TOKEN_CREATED),
    ],
)
async def test_changes_are_told_of(
    desk: Desk, ada: User, kind: type[DomainEvent], further: dict[str, object], mail: AccountMail
) -> None:
    """With when it was, and from where."""
    event: Any = kind.model_validate({"user_id": ada.id, **further})
    await tell_of_change(event, RECORDED, HOME, mails(desk))
    (letter,) = await desk.work()
    assert (letter.kind, letter.to, letter.name) == (mail, "ada@example.com", "Ada Lovelace")
    told = {name: letter.facts[name] for name in ("device", "address", "at")}
    assert told == {"device": "Firefox on Linux", "address": "192.0.2.7", "at": "02 March 2026 12:00 UTC"}


async def test_what_nobody_knows_is_said_to_be_unknown(desk: Desk, ada: User) -> None:
    await tell_of_change(PasswordChanged(user_id=ada.id), RECORDED, Known(), mails(desk))
    (letter,) = await desk.work()
    assert (letter.facts["device"], letter.facts["address"]) == ("Unknown device", "an unknown address")


async def test_whoever_registers_through_a_provider_knows_that_it_is_linked(desk: Desk, ada: User) -> None:
    """Nobody was signed in: the account began with it."""
    beginning: Any = SimpleNamespace(recorded_at=NOON, metadata={})
    event = ProviderLinked.model_validate({"user_id": ada.id, "link_id": ID, "provider": "Example"})
    await tell_of_change(event, beginning, HOME, mails(desk))
    assert await desk.work() == []


async def test_nobody_is_told_of_a_password_that_was_withdrawn_with_a_registration(desk: Desk, ada: User) -> None:
    """Nobody has learnt it: their address was registered once more, and of that another mail tells."""
    registered: Any = SimpleNamespace(recorded_at=NOON, metadata={"service": "1", "message": "identity.make_account"})
    await tell_of_change(PasswordChanged(user_id=ada.id), registered, HOME, mails(desk))
    assert await desk.work() == []


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
    names = {subscription.name for subscription in subscriptions}
    assert names == {"identity.new_device", "identity.security_notices"}
