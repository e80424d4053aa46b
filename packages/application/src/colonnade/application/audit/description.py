"""What the audit says of an event: ids, and the few other values that are nobody's personal data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from pydantic_core import to_json

from colonnade.application.audit.notes import AuditNote, CommandFailed, CommandRefused
from colonnade.core import DomainEvent, RecordedEvent
from colonnade.domain.identity import AccountLocked, RefreshTokenReused, SignInFailed
from colonnade.domain.identity.passkey_events import PasskeySuspected
from colonnade.domain.workspaces import RoleDefined, RoleRemoved


class Outcome(StrEnum):
    """How it ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


_NOTES = f"{AuditNote.stream_kind}-"
_OUTCOMES: Mapping[type[DomainEvent], Outcome] = MappingProxyType(
    {
        CommandRefused: Outcome.REFUSED,
        SignInFailed: Outcome.REFUSED,
        AccountLocked: Outcome.REFUSED,
        RefreshTokenReused: Outcome.REFUSED,
        PasskeySuspected: Outcome.REFUSED,
        CommandFailed: Outcome.FAILED,
    }
)
_TOLD = frozenset(
    {"act", "base", "code", "grants", "methods", "new_device", "own_role", "permission", "permissions"}
    | {"purpose", "role", "roles"}
)
_ALSO_TOLD: Mapping[type[DomainEvent], frozenset[str]] = MappingProxyType(
    {
        RoleDefined: frozenset({"role_name"}),
        RoleRemoved: frozenset({"role_name"}),
        SignInFailed: frozenset({"reason"}),
    }
)


@dataclass(frozen=True, slots=True)
class Record:
    """What becomes an entry of the audit.

    Attributes:
        workspace_id: Whose chain it belongs to; the service's own if none.
        begins_chain: Whether it may be the first entry of a workspace's chain: a refusal names workspaces that its
            sender made up.
        at: When it happened.
        facts: What the entry says, by name; each is the text of a column.
    """

    workspace_id: UUID | None
    begins_chain: bool
    at: datetime
    facts: Mapping[str, str]


def describe(recorded: RecordedEvent) -> Record:
    """Return what the audit says of an event."""
    event, about = recorded.event, recorded.metadata
    workspace_id = getattr(event, "workspace_id", None)
    person = getattr(event, "user_id", None)
    facts = {
        "event_id": str(recorded.event_id),
        "type": event.event_type,
        "stream": recorded.stream,
        "message": getattr(event, "message", None) if recorded.stream.startswith(_NOTES) else about.get("message"),
        "outcome": _OUTCOMES.get(type(event), Outcome.DONE).value,
        "caller": about.get("caller"),
        "person": None if person is None else str(person),
        "console": about.get("console"),
        "service": about.get("service"),
        "session": about.get("session"),
        "token": about.get("token"),
        "address": about.get("address"),
        "agent": about.get("agent"),
        "correlation": about.get("correlation_id"),
        "causation": about.get("causation_id"),
        "details": _details(event),
    }
    return Record(
        workspace_id if isinstance(workspace_id, UUID) else None,
        not recorded.stream.startswith(_NOTES),
        recorded.recorded_at,
        {name: value for name, value in facts.items() if value is not None},
    )


def _details(event: DomainEvent) -> str:
    """Return ids and allowed values as JSON; everything else that an event holds stays where it is."""
    told = _TOLD | _ALSO_TOLD.get(type(event), frozenset())
    fields = ((name, getattr(event, name)) for name in sorted(type(event).model_fields))
    kept = {name: value for name, value in fields if name in told or name == "ids" or _is_id(value)}
    return to_json(kept).decode()


def _is_id(value: object) -> bool:
    """Tell whether a value is an identifier, spelled out or not; an operator's subject may be an address too."""
    if not isinstance(value, str):
        return isinstance(value, UUID)
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
