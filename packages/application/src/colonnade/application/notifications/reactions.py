"""What people hear of because of what happened to tasks, workspaces and webhooks.

Of a task that is finished or taken up again people hear by its move to another status, which always comes with it.
What is imported is news to nobody.
"""

from uuid import UUID

from colonnade.application.notifications.news import News, task_thread
from colonnade.application.notifications.telling import Notifier
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import Invalid, RecordedEvent, UserId
from colonnade.domain.integrations import DisabledBy, WebhookDisabled, WebhookId, WebhookRepository
from colonnade.domain.notifications import Kind
from colonnade.domain.projects import ProjectRepository, Workflow
from colonnade.domain.tasks import TaskAssigned, TaskCreated, TaskId, TaskMoved, TaskRepository
from colonnade.domain.workspaces import MemberAdded, Role, WorkspaceId, WorkspaceRepository

subscriptions = Subscriptions()


@subscriptions.durable("notifications.assigned", TaskCreated, TaskAssigned, partitions=2)
async def tell_assignee(
    event: TaskCreated | TaskAssigned, recorded: RecordedEvent, tasks: TaskRepository, notifier: Notifier
) -> None:
    """Tell somebody that they have a task now."""
    if event.assignee_id is None or event.assignee_id == _actor(recorded):
        return
    task = await tasks.get(TaskId(event.task_id))
    if task.deleted_at is not None or (isinstance(event, TaskCreated) and event.origin is not None):
        return
    news = News(
        kind=Kind.ASSIGNED,
        thread=task_thread(task.id),
        event_id=recorded.event_id,
        facts={"key": task.key, "title": str(task.title), "task_id": str(task.id)},
        workspace_id=task.workspace_id,
        by=_actor(recorded),
    )
    await notifier.tell([event.assignee_id], news)


@subscriptions.durable("notifications.status_changed", TaskMoved, partitions=2)
async def tell_of_move(
    event: TaskMoved,
    recorded: RecordedEvent,
    tasks: TaskRepository,
    projects: ProjectRepository,
    notifier: Notifier,
) -> None:
    """Tell whoever has a task and whoever opened it that it is in another status."""
    task = await tasks.get(TaskId(event.task_id))
    if task.deleted_at is not None:
        return
    project = await projects.get(task.project_id)
    news = News(
        kind=Kind.STATUS_CHANGED,
        thread=task_thread(task.id),
        event_id=recorded.event_id,
        facts={
            "key": task.key,
            "title": str(task.title),
            "task_id": str(task.id),
            "old": _status(project.workflow, event.source),
            "new": _status(project.workflow, event.target),
        },
        workspace_id=task.workspace_id,
        by=_actor(recorded),
    )
    people = {task.created_by} if task.assignee_id is None else {task.created_by, task.assignee_id}
    await notifier.tell(people, news)


@subscriptions.durable("notifications.added_to_workspace", MemberAdded)
async def tell_new_member(
    event: MemberAdded, recorded: RecordedEvent, workspaces: WorkspaceRepository, notifier: Notifier
) -> None:
    """Tell somebody that they were let into a workspace."""
    workspace = await workspaces.get(WorkspaceId(event.workspace_id))
    news = News(
        kind=Kind.ADDED_TO_WORKSPACE,
        thread=f"workspace:{workspace.id}",
        event_id=recorded.event_id,
        facts={"workspace": str(workspace.name), "role": event.role.value},
        workspace_id=workspace.id,
        by=_actor(recorded),
    )
    await notifier.tell([event.user_id], news)


@subscriptions.durable("notifications.webhook_disabled", WebhookDisabled)
async def tell_of_disabled_webhook(
    event: WebhookDisabled,
    recorded: RecordedEvent,
    webhooks: WebhookRepository,
    workspaces: WorkspaceRepository,
    notifier: Notifier,
) -> None:
    """Tell the owners of a workspace and whoever made a webhook that it failed for too long."""
    if event.disabled_by is not DisabledBy.SERVICE:
        return
    webhook = await webhooks.get(WebhookId(event.webhook_id))
    workspace = await workspaces.get(WorkspaceId(event.workspace_id))
    owners = {user_id for user_id, role in workspace.members.items() if role is Role.OWNER}
    news = News(
        kind=Kind.WEBHOOK_DISABLED,
        thread=f"webhook:{webhook.id}",
        event_id=recorded.event_id,
        facts={"url": str(webhook.url), "reason": event.reason, "webhook_id": str(webhook.id)},
        workspace_id=workspace.id,
    )
    await notifier.tell({*owners, webhook.created_by}, news)


def _actor(recorded: RecordedEvent) -> UserId | None:
    caller = recorded.metadata.get("caller")
    return None if caller is None else UserId(UUID(caller))


def _status(workflow: Workflow, slug: str) -> str:
    """Return what a status is called, or its slug if the workflow has it no more."""
    try:
        return str(workflow.status(slug).name)
    except Invalid:
        return slug
