"""Where notifications are kept, and by which ways they leave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, NewType, Protocol
from uuid import UUID

from colonnade.application.jobs import JobId
from colonnade.application.notifications.news import News
from colonnade.application.notifications.recipients import Recipient
from colonnade.application.notifications.views import Sent
from colonnade.core import UserId
from colonnade.domain.notifications import Channel, Kind, NotificationId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import WorkspaceId


class NotificationSettings(NamedTuple):
    """How people are told.

    Attributes:
        fold_seconds: How long kinds that come in bursts wait for more of their thread, at least 1.
        overdue_days: How many days after its due date a task is still news.
        page_size: How many tasks are looked at in one unit of work.
    """

    fold_seconds: int = 60
    overdue_days: int = 7
    page_size: int = 200


class Inbox(Protocol):
    """What people were told in the app, within the unit of work."""

    async def put(
        self, notification_id: NotificationId, user_id: UserId, news: News, *, at: datetime, hidden: bool
    ) -> bool:
        """Keep news for somebody; tell whether they were not told already.

        Args:
            notification_id: Identity of the notification.
            user_id: Whom.
            news: Of what.
            at: When.
            hidden: Whether the app is not to show it.
        """
        ...

    async def known(self, event_ids: Collection[UUID]) -> set[UUID]:
        """Return those of the ids that somebody was told because of."""
        ...

    def mark_read(self, user_id: UserId, ids: Collection[NotificationId] | None, *, at: datetime) -> None:
        """Note that somebody has read some of theirs, or all."""
        ...

    def archive(self, user_id: UserId, ids: Collection[NotificationId], *, at: datetime) -> None:
        """Put some of somebody's away; they count as read."""
        ...


class Outbox(Protocol):
    """What is to leave by the other channels, within the unit of work."""

    def add(
        self,
        notification_id: NotificationId,
        user_id: UserId,
        channel: Channel,
        *,
        fold: str | None = None,
        job_id: JobId | None = None,
    ) -> None:
        """Note that a notification is to leave: together with what has the same fold, or by a job of its own."""
        ...

    async def claim(self, user_id: UserId, channel: Channel, fold: str, job_id: JobId) -> bool:
        """Let a job carry all that waits with a fold, so that no other job does; tell whether there was anything."""
        ...

    async def waiting(self, user_id: UserId, fold_prefix: str) -> Sequence[tuple[Channel, str]]:
        """Return the folds of somebody's that begin like this and that no job carries yet."""
        ...

    def sent(self, job_id: JobId, sent: Sent) -> None:
        """Keep what became of the notifications that a job carried."""
        ...

    def failed(self, job_id: JobId, code: str | None, error: str | None) -> None:
        """Keep that what a job carried will never arrive."""
        ...


class DeliveryState(StrEnum):
    """What became of a notification on a channel."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


class LetterItem(NamedTuple):
    """One notification of a letter, as it is now.

    Attributes:
        workspace: Name of the workspace, if it is about one.
        read_at: When it was read in the app.
        state: What became of it on the letter's channel.
    """

    notification_id: NotificationId
    kind: Kind
    thread: str
    facts: Mapping[str, object]
    workspace_id: WorkspaceId | None
    workspace: str | None
    created_at: datetime
    read_at: datetime | None
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class Letter:
    """What one job takes to one person by one channel, in one piece.

    Attributes:
        job_id: The job; the same for every attempt.
        recipient: To whom.
        channel: How.
        items: The notifications, the oldest first.
        digest: Whether it is a digest, of things that have nothing else in common.
    """

    job_id: JobId
    recipient: Recipient
    channel: Channel
    items: tuple[LetterItem, ...]
    digest: bool


class Letters(Protocol):
    """The letters that jobs carry."""

    async def load(self, job_id: JobId) -> Letter:
        """Return what a job carries.

        Raises:
            NotFound: Nothing, or nobody is there to get it.
        """
        ...


class Sender(Protocol):
    """Takes letters outside, by one channel."""

    async def send(self, letter: Letter) -> str | None:
        """Render and hand over a letter.

        Returns:
            The identity that it has outside, if there is one.

        Raises:
            ColonnadeError: It will never be taken.
            Unavailable: It cannot be handed over now.
        """
        ...


Senders = NewType("Senders", Mapping[Channel, Sender])
"""The channels that this installation has, and what takes letters there."""


class DueTask(NamedTuple):
    """An open task that somebody has and that has a due date."""

    task_id: TaskId
    workspace_id: WorkspaceId
    assignee_id: UserId
    key: str
    title: str
    due_on: date


class DueTasks(Protocol):
    """The open tasks of all workspaces."""

    async def page(self, first: date, last: date, *, after: TaskId | None, limit: int) -> Sequence[DueTask]:
        """Return assigned tasks that are due within these days, in the order of their ids.

        Args:
            first: The first day.
            last: The last day.
            after: The last task of the page before.
            limit: How many at most.
        """
        ...
