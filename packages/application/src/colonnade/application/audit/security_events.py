"""Which events are about security, how grave each is, and the subscription that alerts are made of."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType

from colonnade.application.audit.circumstances import Whereabouts
from colonnade.application.audit.description import describe
from colonnade.application.audit.notes import CommandRefused
from colonnade.application.audit.observer import AuditObserver
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import DomainEvent, RecordedEvent
from colonnade.domain import identity, workspaces
from colonnade.domain.identity import external_events, passkey_events, personal_token_events, second_factor_events

AUDIT_ALERTS = "audit.alerts"
"""Name of the subscription."""

_log = logging.getLogger("colonnade.security")


class Severity(StrEnum):
    """How grave a security event is."""

    NOTICE = "notice"
    """Worth counting: many of them mean something."""

    WARNING = "warning"
    """Somebody has more power than before, or was kept out."""

    CRITICAL = "critical"
    """Somebody has what is not theirs."""


SECURITY_EVENTS: Mapping[type[DomainEvent], Severity] = MappingProxyType(
    {
        CommandRefused: Severity.NOTICE,
        identity.SignInFailed: Severity.NOTICE,
        identity.SecretMissed: Severity.NOTICE,
        identity.PasswordChanged: Severity.NOTICE,
        identity.EmailChanged: Severity.NOTICE,
        passkey_events.PasskeyAdded: Severity.NOTICE,
        passkey_events.PasskeyRemoved: Severity.NOTICE,
        external_events.ProviderLinked: Severity.NOTICE,
        external_events.ProviderUnlinked: Severity.NOTICE,
        personal_token_events.PersonalTokenCreated: Severity.NOTICE,
        second_factor_events.RecoveryCodeUsed: Severity.WARNING,
        second_factor_events.SecondFactorTurnedOff: Severity.WARNING,
        identity.AccountLocked: Severity.WARNING,
        identity.OperatorAppointed: Severity.WARNING,
        identity.OperatorDismissed: Severity.WARNING,
        workspaces.MemberRoleChanged: Severity.WARNING,
        workspaces.RoleDefined: Severity.WARNING,
        workspaces.RoleRemoved: Severity.NOTICE,
        passkey_events.PasskeySuspected: Severity.CRITICAL,
        identity.RefreshTokenReused: Severity.CRITICAL,
    }
)
"""How grave each security event is."""


def alert_subscription(events: Mapping[type[DomainEvent], Severity] = SECURITY_EVENTS) -> Subscriptions:
    """Return the subscription that counts security events and writes a line of log about each.

    Args:
        events: Which, and how grave they are.
    """
    subscriptions = Subscriptions()
    severities = {kind.event_type: severity for kind, severity in events.items()}

    @subscriptions.durable(AUDIT_ALERTS, *events, outside=True)
    async def alert(
        event: DomainEvent, recorded: RecordedEvent, observer: AuditObserver, whereabouts: Whereabouts
    ) -> None:
        opened = replace(recorded, metadata=await whereabouts.of(recorded))
        severity = severities[event.event_type]
        observer.security_event(event.event_type, severity)
        record = describe(opened)
        about = {_NAMES.get(name, name): value for name, value in record.facts.items() if name not in _LEFT_OUT}
        workspace = {} if record.workspace_id is None else {"workspace_id": str(record.workspace_id)}
        facts = {"security_event": event.event_type, "severity": severity.value, **workspace, **about}
        _log.warning("security event", extra=facts)

    return subscriptions


_LEFT_OUT = frozenset({"type", "stream", "message", "causation"})
"""`message` is a name that every line of a log has already; the rest is in the audit."""

_NAMES = MappingProxyType({"token": "bearer_id"})  # nosec B105 - the name of an id
"""What a line calls a fact: what is named like a secret is masked, and the id of a personal token is none."""
