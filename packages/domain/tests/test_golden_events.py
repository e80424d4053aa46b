"""Golden files: what a stored event looks like, for as long as there is one in anybody's log.

A file is added with each new event or version, and never changed: a changed shape is a new version with its own file.
"""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

import colonnade.domain
from colonnade.core import DomainEvent, EventTypes, UserId
from colonnade.domain import identity, projects, tasks, workspaces
from colonnade.domain.projects import DEFAULT_WORKFLOW
from colonnade.domain.tasks import Origin, Priority
from colonnade.domain.workspaces import Role

GOLDEN = Path(__file__).parent / "golden"
EVENTS = (*identity.EVENTS, *workspaces.EVENTS, *projects.EVENTS, *tasks.EVENTS)

FACTS: dict[str, object] = {
    "workspace_id": UUID("01890a5d-ac96-7000-8000-000000000001"),
    "project_id": UUID("01890a5d-ac96-7000-8000-000000000002"),
    "task_id": UUID("01890a5d-ac96-7000-8000-000000000003"),
    "session_id": UUID("01890a5d-ac96-7000-8000-000000000004"),
    "user_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000005")),
    "owner_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000006")),
    "assignee_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000007")),
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
}
"""A value for each field name: an event with a new field needs one here."""


def sample(kind: type[DomainEvent]) -> DomainEvent:
    """Return the same event of a kind each time."""
    return kind.model_validate({name: FACTS[name] for name in kind.model_fields})


def golden_file(kind: type[DomainEvent]) -> Path:
    """Return where an event's golden file is."""
    return GOLDEN / f"{kind.event_type}.v{kind.schema_version}.json"


def defined_events() -> Iterator[type[DomainEvent]]:
    """Yield every event class that a module of the domain defines."""
    for module in pkgutil.walk_packages(colonnade.domain.__path__, "colonnade.domain."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent:
                yield value


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_is_written_as_its_golden_file_says(kind: type[DomainEvent]) -> None:
    """Byte by byte; if this fails, give the class another version instead of changing the file."""
    written = sample(kind).model_dump_json(indent=2) + "\n"

    assert golden_file(kind).exists(), f"{kind.__name__} has no golden file; it would be:\n{written}"
    assert golden_file(kind).read_text("utf-8") == written


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_is_read_from_its_golden_file(kind: type[DomainEvent]) -> None:
    """What is in a log gives the equal event."""
    facts = json.loads(golden_file(kind).read_text("utf-8"))

    assert EventTypes(EVENTS).load(kind.event_type, kind.schema_version, facts) == sample(kind)


def test_every_golden_file_is_still_read() -> None:
    """No event class is ever removed while logs may hold its events."""
    assert {path.name for path in GOLDEN.iterdir()} == {golden_file(kind).name for kind in EVENTS}


def test_every_event_of_the_domain_is_listed_by_its_context() -> None:
    """What is not listed cannot be read back."""
    assert set(defined_events()) == set(EVENTS)


@pytest.mark.parametrize("context", [identity, workspaces, projects, tasks])
def test_the_events_of_a_context_bear_its_name(context: object) -> None:
    """The wire name says where an event comes from."""
    name = getattr(context, "__name__", "").rpartition(".")[2]

    assert all(kind.event_type.startswith(f"{name}.") for kind in getattr(context, "EVENTS", ()))
