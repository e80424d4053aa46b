"""What the type checkers know of messages and buses: this file is checked, never run."""

from typing import assert_type

from colonnade.application import PUBLIC, Bus, Command, Context, Handlers, LocalBus, Query
from colonnade.application.tasks import CountTasks, CreateTask, DeleteTask, EditTask, ListTasks, TaskCount, TaskView
from colonnade.core import Page

handlers = Handlers()


class Ping(Query[str], name="typing.ping", requires=PUBLIC):
    """Ask for an echo."""

    text: str


class Note(Command[None], name="typing.note", requires=PUBLIC):
    """Tell something."""


@handlers.handles(Ping)
async def ping(query: Ping) -> str:
    """Answer with what was sent."""
    return query.text


@handlers.handles(Note)
async def note(command: Note) -> None:
    """Answer with nothing."""


async def answers_are_typed_by_the_message(
    bus: Bus,
    create: CreateTask,
    edit: EditTask,
    delete: DeleteTask,
    many: ListTasks,
    count: CountTasks,
) -> None:
    """Each answer has the type that its message declares."""
    assert_type(await bus.send(create), TaskView)
    assert_type(await bus.send(edit, Context()), TaskView)
    assert_type(await bus.send(many), Page[TaskView])
    assert_type(await bus.send(count), TaskCount)
    assert_type(await bus.send(Ping(text="hello")), str)
    assert_type((await bus.send(many)).items, tuple[TaskView, ...])
    nothing: Command[None] = delete
    await bus.send(nothing)


def a_local_bus_is_a_bus(bus: LocalBus) -> Bus:
    """The bus of this process can stand wherever a bus is asked for."""
    return bus
