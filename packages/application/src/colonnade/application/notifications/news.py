"""Something that people are to be told of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from colonnade.core import Invalid, UserId
from colonnade.domain.notifications import Kind
from colonnade.domain.workspaces import WorkspaceId

Fact = str | int | bool | None
Facts = dict[str, Fact]

BY_ID = "by_id"
"""The fact that says who did it; their name is put beside it, as `by`, when it is shown."""

TASK_ID = "task_id"
"""The fact that says of which task it is: whoever does not see its project is not told."""

PERSON_ID = "person_id"
"""The fact that says whom it is about; their name stands where `PERSON` is in other facts when it is shown."""

PERSON = "{person}"
"""Stands for the name of whom it is about: names are not kept where they could not be erased."""

NEEDED: Mapping[Kind, frozenset[str]] = MappingProxyType(
    {
        Kind.ASSIGNED: frozenset({"key", "title"}),
        Kind.STATUS_CHANGED: frozenset({"key", "title", "old", "new"}),
        Kind.ADDED_TO_WORKSPACE: frozenset({"workspace"}),
        Kind.DUE_SOON: frozenset({"key", "title", "due_on"}),
        Kind.OVERDUE: frozenset({"key", "title", "due_on"}),
        Kind.PROCESS_FINISHED: frozenset({"title"}),
        Kind.WEBHOOK_DISABLED: frozenset({"url", "reason"}),
    }
)
"""The facts without which a kind cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened, as it is kept and rendered.

    Attributes:
        kind: What kind of thing.
        thread: What it is about, such as `task:<id>`; what comes in bursts is told together by it.
        event_id: What made it news; nobody is told twice of one kind because of it.
        facts: What is said about it, see `NEEDED`; a process that finished may give a `text` and a `url` as well.
        workspace_id: Where; only those who belong there are told.
        by: Who did it, and so knows.

    Raises:
        Invalid: A fact is missing.
    """

    kind: Kind
    thread: str
    event_id: UUID
    facts: Facts
    workspace_id: WorkspaceId | None = None
    by: UserId | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be rendered later."""
        if missing := NEEDED[self.kind] - self.facts.keys():
            raise Invalid(f"must say {', '.join(sorted(missing))}", field="facts")


def task_thread(task_id: UUID) -> str:
    """Return the thread of a task."""
    return f"task:{task_id}"
