"""Tell people: keep a notification for each, and plan by which ways and when it leaves the house."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from colonnade.application.jobs import JobId, Scheduler
from colonnade.application.notifications.news import BY_ID, TASK_ID, News
from colonnade.application.notifications.ports import Inbox, NotificationSettings, Outbox, Senders
from colonnade.application.notifications.recipients import Recipient, Recipients
from colonnade.application.notifications.sending import MarkSent, SendFolded, digest_fold, errand
from colonnade.application.workspaces.memberships import Memberships
from colonnade.application.workspaces.resources import Resources
from colonnade.core import Clock, UserId, new_id
from colonnade.domain.notifications import OUTSIDE, Channel, NotificationId, Plan, Timing, Together, plan
from colonnade.domain.tasks import TaskId


class Notifier:
    """Tells people of news, within the unit of work."""

    def __init__(
        self,
        recipients: Recipients,
        inbox: Inbox,
        outbox: Outbox,
        scheduler: Scheduler,
        senders: Senders,
        settings: NotificationSettings,
        clock: Clock,
        memberships: Memberships,
        resources: Resources,
    ) -> None:
        self._recipients = recipients
        self._inbox = inbox
        self._outbox = outbox
        self._scheduler = scheduler
        self._senders = senders
        self._fold = timedelta(seconds=settings.fold_seconds)
        self._clock = clock
        self._memberships = memberships
        self._resources = resources

    async def tell(self, user_ids: Collection[UserId], news: News) -> None:
        """Tell people of news, except for whoever made it and for those who may not know."""
        told = {user_id for user_id in user_ids if user_id != news.by}
        if not told:
            return
        people = await self._recipients.of(told if news.by is None else {*told, news.by})
        if news.by in people:
            news = replace(news, facts={**news.facts, BY_ID: str(news.by)})
        for user_id in sorted(told & people.keys()):
            await self.tell_one(people[user_id], news)

    async def tell_one(self, recipient: Recipient, news: News) -> None:
        """Tell one person of news, once."""
        if not recipient.may_know(news.workspace_id) or not await self._sees(recipient, news):
            return
        notification_id, now = new_id(NotificationId), self._clock.now()
        hidden = recipient.timing(news.kind, Channel.IN_APP, news.workspace_id) is Timing.OFF
        if not await self._inbox.put(notification_id, recipient.user_id, news, at=now, hidden=hidden):
            return
        for channel in OUTSIDE:
            if channel in self._senders and recipient.settings.reaches(channel):
                timing = recipient.timing(news.kind, channel, news.workspace_id)
                planned = plan(news.kind, channel, timing, recipient.settings, now, fold=self._fold)
                if planned is not None:
                    self._send(notification_id, recipient.user_id, channel, news, planned)

    async def _sees(self, recipient: Recipient, news: News) -> bool:
        """Tell whether somebody sees the task that news is of, if it is of one."""
        task_id = news.facts.get(TASK_ID)
        if news.workspace_id is None or task_id is None:
            return True
        membership = await self._memberships.of(recipient.user_id, news.workspace_id)
        if membership is None or membership.projects is None:
            return membership is not None
        tasks = await self._resources.tasks(news.workspace_id, [TaskId(UUID(str(task_id)))])
        return all(task.project_id in membership.projects for task in tasks.values())

    def _send(
        self, notification_id: NotificationId, user_id: UserId, channel: Channel, news: News, planned: Plan
    ) -> None:
        if planned.together is Together.NOTHING:
            job_id = new_id(JobId)
            self._outbox.add(notification_id, user_id, channel, job_id=job_id)
            self._scheduler.send_later(
                errand(channel, job_id), at=planned.at, job_id=job_id, then=MarkSent(job_id=job_id)
            )
            return
        fold = news.thread if planned.together is Together.THREAD else digest_fold(news.workspace_id)
        self._outbox.add(notification_id, user_id, channel, fold=fold)
        later = SendFolded(user_id=user_id, channel=channel, fold=fold)
        self._scheduler.send_later(later, at=planned.at, unique=later.unique_key)
