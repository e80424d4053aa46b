"""The events of the domain, each with the upcasters of its older versions and a sample for its golden file."""

import importlib
import pkgutil
from datetime import UTC, date, datetime
from types import ModuleType
from uuid import UUID

import colonnade.domain
from colonnade.core import DomainEvent, Upcaster, UserId
from colonnade.domain.integrations import DisabledBy, SignatureKind
from colonnade.domain.notifications import Channel, Kind, Timing
from colonnade.domain.projects import DEFAULT_WORKFLOW
from colonnade.domain.tasks import Origin, Priority
from colonnade.domain.workspaces import Role

FACTS: dict[str, object] = {
    "workspace_id": UUID("01890a5d-ac96-7000-8000-000000000001"),
    "project_id": UUID("01890a5d-ac96-7000-8000-000000000002"),
    "task_id": UUID("01890a5d-ac96-7000-8000-000000000003"),
    "session_id": UUID("01890a5d-ac96-7000-8000-000000000004"),
    "user_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000005")),
    "owner_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000006")),
    "assignee_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000007")),
    "lead_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000007")),
    "created_by": UserId(UUID("01890a5d-ac96-7000-8000-000000000008")),
    "email": "zoe@example.com",
    "name": "Zoë",
    "slug": "engines",
    "role": Role.MEMBER,
    "expires_at": datetime(2026, 4, 1, 12, 30, 15, 250000, tzinfo=UTC),
    "key": "WEB-12",
    "workflow": DEFAULT_WORKFLOW,
    "title": "Ship the relaunch",
    "description": "First line\nSecond line, with an é",
    "status": "todo",
    "source": "todo",
    "target": "done",
    "labels": ("bug", "ui"),
    "priority": Priority.HIGH,
    "due_on": date(2026, 12, 24),
    "rank": "a1V",
    "webhook_id": UUID("01890a5d-ac96-7000-8000-000000000009"),
    "url": "https://example.com/hooks/colonnade",
    "event_types": ("tasks.task_assigned", "tasks.task_completed"),
    "signature": SignatureKind.ASYMMETRIC,
    "former_valid_until": datetime(2026, 4, 2, 12, 30, 15, 250000, tzinfo=UTC),
    "disabled_by": DisabledBy.SERVICE,
    "reason": "answered that it is gone (410)",
    "origin": Origin.model_validate(
        {
            "source": "github:octo/hello#12",
            "url": "https://github.com/octo/hello/issues/12",
            "author": "octo",
            "assignees": ("hubot",),
            "milestone": "1.0",
            "created_at": datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        }
    ),
    "kind": Kind.STATUS_CHANGED,
    "channel": Channel.MAIL,
    "timing": Timing.DIGEST,
    "changed": ("timezone", "quiet_hours"),
    "role_name": "reviewer",
    "own_role": "reviewer",
    "base": Role.MEMBER,
    "grants": ("task.delete:author", "task.read"),
    "methods": ("otp", "pwd"),
    "new_device": True,
    "repeated": False,
    "attempt_id": UUID("01890a5d-ac96-7000-8000-00000000000a"),
    "until": datetime(2026, 4, 3, 12, 30, 15, 250000, tzinfo=UTC),
    "secret_id": UUID("01890a5d-ac96-7000-8000-00000000000b"),
    "purpose": "reset_password",
    "token_id": UUID("01890a5d-ac96-7000-8000-00000000000c"),
    "permissions": ("project.read", "task.read"),
    "project_ids": (UUID("01890a5d-ac96-7000-8000-000000000002"),),
    "count": 10,
    "left": 9,
    "passkey_id": UUID("01890a5d-ac96-7000-8000-00000000000e"),
    "link_id": UUID("01890a5d-ac96-7000-8000-00000000000f"),
    "provider": "house",
    "synced": True,
    "expected_above": 7,
    "sign_count": 3,
    "grant_id": UUID("01890a5d-ac96-7000-8000-00000000000d"),
}
"""A value for each field name: an event with a new field needs one here."""


def contexts() -> tuple[ModuleType, ...]:
    """Return every bounded context of the domain."""
    found = pkgutil.iter_modules(colonnade.domain.__path__, "colonnade.domain.")
    return tuple(importlib.import_module(module.name) for module in found)


def events() -> tuple[type[DomainEvent], ...]:
    """Return the event classes that the contexts list."""
    return tuple(kind for context in contexts() for kind in getattr(context, "EVENTS", ()))


def upcasters() -> tuple[Upcaster, ...]:
    """Return the upcasters that the contexts list."""
    return tuple(upcaster for context in contexts() for upcaster in getattr(context, "UPCASTERS", ()))


def sample(kind: type[DomainEvent]) -> DomainEvent:
    """Return the same event of a kind each time.

    Raises:
        KeyError: It has a field that `FACTS` has no value for.
    """
    return kind.model_validate({name: FACTS[name] for name in kind.model_fields})
