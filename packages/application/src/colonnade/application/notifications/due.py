"""Look for tasks that are due tomorrow or were due before today, where whoever has them is."""

from datetime import date, timedelta
from uuid import UUID, uuid5

from colonnade.application.jobs import Scheduler, Schedules
from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.application.notifications.news import News, task_thread
from colonnade.application.notifications.ports import DueTask, DueTasks, Inbox, NotificationSettings
from colonnade.application.notifications.recipients import Recipient, Recipients
from colonnade.application.notifications.telling import Notifier
from colonnade.core import Clock
from colonnade.domain.notifications import Kind
from colonnade.domain.tasks import TaskId

handlers = Handlers()
schedules = Schedules()

_DAY = timedelta(days=1)


class ScanDueTasks(Command[None], name="notifications.scan_due_tasks", requires=INTERNAL):
    """Tell people of tasks that are due, once for each task and due date; a page at a time."""

    after: TaskId | None = None


schedules.cron("notifications.due_tasks", "7 * * * *", ScanDueTasks)


@handlers.handles(ScanDueTasks)
async def scan_due_tasks(
    command: ScanDueTasks,
    tasks: DueTasks,
    recipients: Recipients,
    inbox: Inbox,
    notifier: Notifier,
    scheduler: Scheduler,
    settings: NotificationSettings,
    clock: Clock,
) -> None:
    """Tell of the tasks of a page, and go on with the next one in a unit of work of its own."""
    now = clock.now()
    first, last = now.date() - timedelta(days=settings.overdue_days + 1), now.date() + 2 * _DAY
    page = await tasks.page(first, last, after=command.after, limit=settings.page_size)
    people = await recipients.of({task.assignee_id for task in page})
    news: dict[UUID, tuple[Recipient, News]] = {}
    for task in page:
        recipient = people.get(task.assignee_id)
        if recipient is not None:
            today = now.astimezone(recipient.settings.timezone.rules).date()
            found = _news(task, today, settings.overdue_days)
            if found is not None:
                news[found.event_id] = recipient, found
    for event_id in news.keys() - await inbox.known(news.keys()):
        await notifier.tell_one(*news[event_id])
    if len(page) == settings.page_size:
        scheduler.send_later(ScanDueTasks(after=page[-1].task_id))


def _news(task: DueTask, today: date, overdue_days: int) -> News | None:
    """Return what there is to tell of a task, if it is due today, tomorrow or since a few days."""
    if today <= task.due_on <= today + _DAY:
        kind = Kind.DUE_SOON
    elif today - timedelta(days=overdue_days) <= task.due_on < today:
        kind = Kind.OVERDUE
    else:
        return None
    return News(
        kind=kind,
        thread=task_thread(task.task_id),
        event_id=uuid5(task.task_id, f"{kind} {task.due_on} {task.assignee_id}"),
        facts={
            "key": task.key,
            "title": task.title,
            "task_id": str(task.task_id),
            "due_on": task.due_on.isoformat(),
        },
        workspace_id=task.workspace_id,
    )
