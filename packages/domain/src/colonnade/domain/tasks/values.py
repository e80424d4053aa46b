"""Values of a task."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from colonnade.core import MultilineText, TextValue

TaskId = NewType("TaskId", UUID)


class TaskTitle(TextValue):
    """What is to be done, in a line."""

    __slots__ = ()
    max_length = 300
    example = "Ship the relaunch"


class TaskDescription(MultilineText):
    """What is to be done, at length; Markdown, kept as written."""

    __slots__ = ()


class LabelName(TextValue):
    """A word or two that tasks are found by; letter case is kept."""

    __slots__ = ()
    max_length = 60
    example = "bug"


class Priority(StrEnum):
    """How much it matters; ordered by `rank`."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Place in the order, 0 for none."""
        return _PRIORITY_RANKS[self]

    def __lt__(self, other: str) -> bool:
        return self.rank < Priority(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Priority(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Priority(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Priority(other).rank


_PRIORITY_RANKS = {priority: rank for rank, priority in enumerate(Priority)}


class WebAddress(TextValue):
    """Where something is on the web."""

    __slots__ = ()
    max_length = 2000
    pattern = r"https?://[^\s\x00-\x1f\x7f-\x9f]+"
    pattern_hint = "must be an address that begins with https:// or http://"


class Origin(BaseModel):
    """Where an imported task comes from, and what of it has no home here.

    Attributes:
        source: The system and the identity there, such as `github:octo/hello#12`; unique in a workspace.
        url: Address of the original for people.
        author: Who wrote it there.
        assignees: Who it was given to there.
        milestone: The milestone it had there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: TextValue
    url: WebAddress | None = None
    author: TextValue | None = None
    assignees: Annotated[tuple[TextValue, ...], Field(max_length=50)] = ()
    milestone: TextValue | None = None
    created_at: datetime | None = None
