"""Give all open tasks of somebody to somebody else, as a step of a process, and back."""

from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.application.views import View
from colonnade.core import Clock, UserId, field
from colonnade.domain.tasks import TaskId, TaskRepository
from colonnade.domain.workspaces import WorkspaceId

handlers = Handlers()

_AT_A_TIME = 100


class HandedOver(View):
    """The tasks that went to somebody else; more are left if the list is full."""

    task_ids: tuple[TaskId, ...]
    more: bool


class HandOverTasks(Command[HandedOver], name="tasks.hand_over", requires=INTERNAL):
    """Give up to 100 open tasks of somebody to somebody else."""

    workspace_id: WorkspaceId
    from_user: UserId
    to_user: UserId


class HandBackTasks(Command[int], name="tasks.hand_back", requires=INTERNAL):
    """Give tasks back to whom they belonged, unless somebody has given them to a third person meanwhile."""

    workspace_id: WorkspaceId
    task_ids: tuple[TaskId, ...]
    from_user: UserId
    to_user: UserId


@handlers.handles(HandOverTasks)
async def hand_over_tasks(command: HandOverTasks, tasks: TaskRepository, clock: Clock) -> HandedOver:
    """Assign open tasks anew."""
    theirs = (
        (field("assignee_id") == command.from_user)
        & (field("completed_at") == None)  # noqa: E711 - a comparison as data
        & (field("deleted_at") == None)  # noqa: E711 - a comparison as data
    )
    found = await tasks.matching(theirs, limit=_AT_A_TIME)
    for task in found:
        task.assign(command.to_user, at=clock.now())
    return HandedOver(task_ids=tuple(task.id for task in found), more=len(found) == _AT_A_TIME)


@handlers.handles(HandBackTasks)
async def hand_back_tasks(command: HandBackTasks, tasks: TaskRepository, clock: Clock) -> int:
    """Assign the tasks as they were."""
    given_back = 0
    for task_id in command.task_ids:
        task = await tasks.get(task_id)
        if task.assignee_id == command.from_user and task.deleted_at is None:
            task.assign(command.to_user, at=clock.now())
            given_back += 1
    return given_back
