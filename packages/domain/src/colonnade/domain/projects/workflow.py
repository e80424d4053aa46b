"""The workflow of a project: the statuses a task can have and the moves between them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from colonnade.core import Conflict, Invalid, TextValue


class Category(StrEnum):
    """What a status means for the work, whatever it is called."""

    TODO = "todo"
    ACTIVE = "active"
    DONE = "done"


class TransitionRefused(Conflict):
    """The workflow has no such move."""

    code = "projects.transition_refused"


StatusSlug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class StatusName(TextValue):
    """What a status is called."""

    __slots__ = ()
    max_length = 40


class Status(BaseModel):
    """A stage of the work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: StatusSlug
    name: StatusName
    category: Category


class Workflow(BaseModel):
    """Statuses in their order, and where each may go; the first one is where new tasks start.

    Raises:
        Invalid: There is no status to start or to finish in, a name occurs twice, or a move leads nowhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    statuses: tuple[Status, ...]
    transitions: Mapping[StatusSlug, tuple[StatusSlug, ...]]

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        slugs = [status.slug for status in self.statuses]
        named = {*self.transitions, *(to for targets in self.transitions.values() for to in targets)}
        if len(set(slugs)) < len(slugs):
            raise Invalid("a status must occur once", field="statuses")
        if not any(status.category is Category.DONE for status in self.statuses):
            raise Invalid("a workflow needs a status of category done", field="statuses")
        if self.statuses[0].category is Category.DONE:
            raise Invalid("a workflow must not start with a status of category done", field="statuses")
        if not named <= set(slugs):
            raise Invalid(f"no such status: {', '.join(sorted(named - set(slugs)))}", field="transitions")
        return self

    @property
    def initial(self) -> Status:
        """Where a new or reopened task stands."""
        return self.statuses[0]

    @property
    def final(self) -> Status:
        """Where a completed task stands: the first status of category done."""
        return next(status for status in self.statuses if status.category is Category.DONE)

    def status(self, slug: str) -> Status:
        """Return a status by its slug.

        Raises:
            Invalid: The workflow has no such status.
        """
        for status in self.statuses:
            if status.slug == slug:
                return status
        known = [status.slug for status in self.statuses]
        raise Invalid(f"is not a status of this project: choose {', '.join(known)}", field="status", allowed=known)

    def move(self, source: str, target: str) -> Status:
        """Return the status that a task in `source` reaches by moving to `target`.

        Raises:
            Invalid: The workflow has no status `target`.
            TransitionRefused: There is no such move.
        """
        reached = self.status(target)
        allowed = self.transitions.get(source, ())
        if target not in allowed:
            choice = ", ".join(allowed) or "nowhere"
            raise TransitionRefused(
                f"a task in {source} cannot move to {target}, only to: {choice}",
                source=source,
                target=target,
                allowed=list(allowed),
            )
        return reached


DEFAULT_WORKFLOW = Workflow(
    statuses=(
        Status(slug="todo", name=StatusName("To do"), category=Category.TODO),
        Status(slug="in_progress", name=StatusName("In progress"), category=Category.ACTIVE),
        Status(slug="in_review", name=StatusName("In review"), category=Category.ACTIVE),
        Status(slug="done", name=StatusName("Done"), category=Category.DONE),
        Status(slug="cancelled", name=StatusName("Cancelled"), category=Category.DONE),
    ),
    transitions={
        "todo": ("in_progress", "done", "cancelled"),
        "in_progress": ("todo", "in_review", "done", "cancelled"),
        "in_review": ("in_progress", "done", "cancelled"),
        "done": ("todo", "in_progress"),
        "cancelled": ("todo",),
    },
)
"""What a project starts with."""
