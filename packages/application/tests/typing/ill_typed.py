"""What the type checkers refuse: this file is checked, never run.

Both checkers report an ignore that ignores nothing, so that each line here proves a complaint.
"""

from colonnade.application import PUBLIC, Bus, Handlers, Query
from colonnade.application.tasks import CreateTask, TaskCount, TaskView
from colonnade.domain.projects import ProjectRepository
from colonnade.domain.tasks import TaskId

handlers = Handlers()


class Ping(Query[str], name="typing.ping", requires=PUBLIC):
    """Ask for an echo."""

    text: str


@handlers.handles(Ping)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def ping(query: Ping) -> int:
    """Answer with another type than the message's."""
    return len(query.text)


@handlers.handles(Ping)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def not_async(query: Ping) -> str:
    """Answer without being async."""
    return query.text


async def wrong_answer(bus: Bus, create: CreateTask) -> None:
    """Take the answer for another type."""
    count: TaskCount = await bus.send(create)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
    view: TaskView = await bus.send(Ping(text="x"))  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
    print(count, view)


async def not_a_message(bus: Bus) -> None:
    """Send what is no message."""
    await bus.send("tasks.create")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def mixed_up_identifiers(projects: ProjectRepository, task_id: TaskId) -> None:
    """Ask for a project with the identifier of a task."""
    await projects.get(task_id)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
