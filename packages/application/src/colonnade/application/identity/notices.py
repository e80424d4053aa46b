"""Notices of what an attacker would do to an account, so that its owner hears of it if it was not them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from colonnade.application.audit.circumstances import Whereabouts
from colonnade.application.identity.account_mails import AccountMails
from colonnade.application.identity.account_ports import AccountMail
from colonnade.application.identity.accounts import MakeAccount
from colonnade.application.identity.devices import UNKNOWN_DEVICE, device_name
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import DomainEvent, NotFound, RecordedEvent, field
from colonnade.domain.identity import (
    PasswordChanged,
    RefreshTokenReused,
    SessionId,
    SessionOpened,
    SessionRepository,
    UserRepository,
)
from colonnade.domain.identity.external_events import ProviderLinked, ProviderUnlinked
from colonnade.domain.identity.passkey_events import PasskeyAdded, PasskeyRemoved
from colonnade.domain.identity.personal_token_events import PersonalTokenCreated
from colonnade.domain.identity.second_factor_events import (
    RecoveryCodeUsed,
    SecondFactorTurnedOff,
    SecondFactorTurnedOn,
)

subscriptions = Subscriptions()

SESSIONS_KEPT_SECONDS = 90 * 86_400
"""For how long sessions that are over are kept at least."""

Change = (
    RefreshTokenReused
    | PasswordChanged
    | SecondFactorTurnedOn
    | SecondFactorTurnedOff
    | RecoveryCodeUsed
    | PasskeyAdded
    | PasskeyRemoved
    | ProviderLinked
    | ProviderUnlinked
    | PersonalTokenCreated
)

CHANGES: Mapping[type[DomainEvent], AccountMail] = MappingProxyType(
    {
        RefreshTokenReused: AccountMail.TOKEN_REUSED,
        PasswordChanged: AccountMail.PASSWORD_CHANGED,
        SecondFactorTurnedOn: AccountMail.SECOND_FACTOR_ON,
        SecondFactorTurnedOff: AccountMail.SECOND_FACTOR_OFF,
        RecoveryCodeUsed: AccountMail.RECOVERY_CODE_USED,
        PasskeyAdded: AccountMail.PASSKEY_ADDED,
        PasskeyRemoved: AccountMail.PASSKEY_REMOVED,
        ProviderLinked: AccountMail.PROVIDER_LINKED,
        ProviderUnlinked: AccountMail.PROVIDER_UNLINKED,
        PersonalTokenCreated: AccountMail.PERSONAL_TOKEN_CREATED,
    }
)
"""Which mail tells of which event."""

_NOWHERE = "an unknown address"


@subscriptions.durable("identity.new_device", SessionOpened)
async def tell_of_new_device(
    event: SessionOpened,
    recorded: RecordedEvent,
    sessions: SessionRepository,
    users: UserRepository,
    mails: AccountMails,
) -> None:
    """Tell somebody that their account is used on another device; of the very first one they know.

    Whether it is the first is known as long as no session is forgotten: the owner of an older account is told.
    """
    if not event.new_device:
        return
    try:
        session, user = await sessions.get(SessionId(event.session_id)), await users.get(event.user_id)
    except NotFound:
        return
    earlier = (field("user_id") == event.user_id) & (field("created_at") < session.created_at)
    is_young = session.created_at < user.created_at + timedelta(seconds=SESSIONS_KEPT_SECONDS)
    if is_young and not await sessions.matching(earlier, limit=1):
        return
    device = session.device
    mails.send(
        event.user_id,
        AccountMail.NEW_DEVICE,
        device=device.name,
        address=device.address or _NOWHERE,
        at=_spelled(recorded.recorded_at),
    )


@subscriptions.durable("identity.security_notices", *CHANGES)
async def tell_of_change(event: Change, recorded: RecordedEvent, whereabouts: Whereabouts, mails: AccountMails) -> None:
    """Tell somebody what happened to their account, when, and from where; how it began they know.

    Whose address is registered once more gets a mail that lets them choose a password, and none of one that changed.
    """
    if isinstance(event, ProviderLinked) and "caller" not in recorded.metadata:
        return
    if isinstance(event, PasswordChanged) and recorded.metadata.get("message") == MakeAccount.wire_name:
        return
    about = await whereabouts.of(recorded)
    facts = {
        "device": device_name(about["agent"]) if "agent" in about else UNKNOWN_DEVICE,
        "address": about.get("address", _NOWHERE),
        "at": _spelled(recorded.recorded_at),
    }
    match event:
        case RecoveryCodeUsed():
            facts["left"] = str(event.left)
        case ProviderLinked() | ProviderUnlinked():
            facts["provider"] = event.provider
        case PersonalTokenCreated():
            facts["until"] = _spelled(event.expires_at)
    mails.send(event.user_id, CHANGES[type(event)], **facts)


def _spelled(moment: datetime) -> str:
    return f"{moment:%d %B %Y %H:%M} UTC"
