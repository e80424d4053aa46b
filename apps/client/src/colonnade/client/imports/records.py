"""What a file holds: tasks, things left out on purpose, and broken records."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from colonnade.application.tasks import ImportedTask
from colonnade.core import ColonnadeError, UserId


class UnreadableFile(ColonnadeError):
    """The file is not what it should be; nothing was imported."""

    code = "import.unreadable"


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be imported.

    Attributes:
        number: Its place in the file, from 1.
        name: What identifies it there, as far as it says.
        reason: What is wrong, in a sentence.
    """

    number: int
    name: str
    reason: str


@dataclass(slots=True)
class Contents:
    """The records of a file.

    Attributes:
        tasks: What can be imported.
        skipped: What was left out, with the reason, by number.
        broken: What cannot be imported.
    """

    tasks: list[ImportedTask] = field(default_factory=list)
    skipped: list[Broken] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def assign(self, people: Mapping[str, UserId]) -> None:
        """Give each task to the first of its people who is somebody here.

        Args:
            people: Who a name there is here.
        """
        for place, task in enumerate(self.tasks):
            here = next((people[name] for name in task.origin.assignees if name in people), None)
            self.tasks[place] = task.model_copy(update={"assignee_id": here})
