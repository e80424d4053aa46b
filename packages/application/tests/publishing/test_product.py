"""What the product publishes: held against the last release, and fit for strangers."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from colonnade.application.publishing import Catalogue, PublishedEvent, Publisher, PublishingSettings, breaking_changes
from colonnade.core import DomainEvent, RecordedEvent, UserId
from colonnade.core.events import EventId
from colonnade.domain import projects, tasks, workspaces
from colonnade.domain.projects import DEFAULT_WORKFLOW
from colonnade.domain.tasks import Priority
from colonnade.domain.workspaces import Role

from . import release

CATALOGUE = Catalogue.of(release.PUBLICATIONS)
PUBLISHER = Publisher(release.PUBLICATIONS, PublishingSettings(extensions={"workspaceid": "workspace_id"}))
_SHARING = "with whom a project is shared is nobody's business outside"
_ROLES = "what the roles of a workspace's own allow is nobody's business outside"
PRIVATE: dict[type[DomainEvent], str] = {
    tasks.TaskRanked: "the order that people put by hand means nothing outside",
    projects.ProjectMadePrivate: _SHARING,
    projects.ProjectOpened: _SHARING,
    projects.ProjectShared: _SHARING,
    projects.ProjectUnshared: _SHARING,
    workspaces.RoleDefined: _ROLES,
    workspaces.RoleRemoved: _ROLES,
}
"""Domain events of the published contexts that nobody hears of, each with the reason."""

WORKSPACE = UUID("01890a5d-ac96-7000-8000-000000000001")
FACTS: dict[str, object] = {
    "workspace_id": WORKSPACE,
    "project_id": UUID("01890a5d-ac96-7000-8000-000000000002"),
    "task_id": UUID("01890a5d-ac96-7000-8000-000000000003"),
    "user_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000004")),
    "owner_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000005")),
    "assignee_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000006")),
    "lead_id": UserId(UUID("01890a5d-ac96-7000-8000-000000000008")),
    "created_by": UserId(UUID("01890a5d-ac96-7000-8000-000000000007")),
    "name": "Analytical Engines",
    "slug": "engines",
    "role": Role.MEMBER,
    "own_role": None,
    "role_name": "reviewer",
    "base": Role.MEMBER,
    "grants": ("task.read",),
    "key": "WEB-12",
    "workflow": DEFAULT_WORKFLOW,
    "title": "Ship the relaunch",
    "description": "what was written in confidence",
    "status": "todo",
    "source": "todo",
    "target": "done",
    "labels": ("bug", "ui"),
    "priority": Priority.HIGH,
    "due_on": date(2026, 12, 24),
    "rank": "a1V",
    "origin": None,
}


def recorded(kind: type[DomainEvent], **facts: object) -> RecordedEvent:
    """Return an event of a kind as the log holds it."""
    event = kind.model_validate({name: {**FACTS, **facts}[name] for name in kind.model_fields})
    identity = EventId(UUID("01890a5d-ac96-7000-8000-000000000009"))
    return RecordedEvent(1, identity, "thing-1", 1, event, {}, datetime(2026, 3, 2, tzinfo=UTC))


def models(kind: type[BaseModel]) -> dict[str, Any]:
    """Return every field that a published event has, those of its parts too, by name."""
    schema = kind.model_json_schema(mode="serialization")
    return {
        name: field
        for part in (schema, *schema.get("$defs", {}).values())
        for name, field in part["properties"].items()
    }


def test_no_reader_of_the_last_release_is_broken() -> None:
    """If this fails, give the event another version, and publish both: never change a released file by hand."""
    assert release.released()
    assert breaking_changes(release.released(), CATALOGUE.schemas()) == []


def test_the_gate_would_have_seen_it() -> None:
    """Take a field away, and it says so."""
    current = CATALOGUE.schemas()
    del current["tasks.task_assigned.v1"]["properties"]["assignee_id"]
    [found] = breaking_changes(release.released(), current)
    assert str(found) == "tasks.task_assigned.v1 assignee_id: was removed"


def test_releasing_writes_what_is_new_and_refuses_what_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written while anything would break."""
    monkeypatch.setattr(release, "RELEASED", tmp_path / "released")
    assert release.main() == 0
    assert release.released() == CATALOGUE.schemas()
    (tmp_path / "released" / "tasks.task_vanished.v1.json").write_text(json.dumps({"type": "object"}))
    assert release.main() == 1
    assert "tasks.task_vanished.v1: is no longer published" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [*workspaces.EVENTS, *projects.EVENTS, *tasks.EVENTS], ids=lambda kind: kind.__name__)
def test_every_domain_event_is_published_or_private_for_a_reason(kind: type[DomainEvent]) -> None:
    """And its payload fits the schema that is told."""
    envelopes = PUBLISHER.envelopes(recorded(kind))
    if kind in PRIVATE:
        assert envelopes == []
        return
    for envelope in envelopes:
        published = CATALOGUE[envelope.type.removeprefix("org.colonnade.")]
        assert published.read(envelope).model_dump(mode="json") == envelope.data
        assert set(envelope.data) == set(published.model_fields)
        assert envelope.extensions["workspaceid"] == str(WORKSPACE)
    assert envelopes


@pytest.mark.parametrize("kind", list(CATALOGUE), ids=lambda kind: kind.__name__)
def test_nothing_confidential_is_published(kind: type[PublishedEvent]) -> None:
    """No secrets, no addresses of people, nothing that was written at length."""
    words = ("email", "password", "secret", "token", "hash", "description")
    assert [name for name in models(kind) if any(word in name for word in words)] == []
    assert all("email" not in str(field) for field in models(kind).values())


def test_what_is_written_at_length_stays_here() -> None:
    """Of a description others hear that there is one."""
    for kind in (tasks.TaskCreated, tasks.TaskDescribed):
        [envelope] = PUBLISHER.envelopes(recorded(kind))
        assert "confidence" not in envelope.model_dump_json()


@pytest.mark.parametrize("kind", list(CATALOGUE), ids=lambda kind: kind.__name__)
def test_an_event_says_where_it_belongs(kind: type[PublishedEvent]) -> None:
    """Its context is that of its module, its class bears its version, and a sentence says what it is."""
    assert kind.event_type.partition(".")[0] == kind.__module__.split(".")[2]
    assert kind.__name__.endswith(f"V{kind.schema_version}")
    assert kind.model_fields["workspace_id"].is_required()
    assert kind.__doc__


@pytest.mark.parametrize("priority", Priority)
def test_every_priority_is_published(priority: Priority) -> None:
    """A further one needs another version of the events that say it."""
    assert PUBLISHER.envelopes(recorded(tasks.TaskPrioritised, priority=priority))


@pytest.mark.parametrize("role", Role)
def test_every_role_is_published(role: Role) -> None:
    """A further one needs another version of the events that say it."""
    assert PUBLISHER.envelopes(recorded(workspaces.MemberAdded, role=role))
