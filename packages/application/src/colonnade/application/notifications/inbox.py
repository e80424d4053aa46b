"""Look through what you were told, and put it behind you."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from colonnade.application.messaging import SIGNED_IN, Caller, Command, Handlers, Query
from colonnade.application.notifications.ports import Inbox
from colonnade.application.notifications.views import NotificationDeliveryView, NotificationView, UnreadCount
from colonnade.core import Clock, Invalid, Page
from colonnade.domain.notifications import NotificationId

handlers = Handlers()

Ids = Annotated[tuple[NotificationId, ...], Field(max_length=500, examples=[["01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89"]])]


class ListNotifications(Query[Page[NotificationView]], name="notifications.list", requires=SIGNED_IN):
    """List what you were told, the newest first, without what is archived."""

    unread: Annotated[bool, Field(description="Only what you have not read.")] = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class CountUnread(Query[UnreadCount], name="notifications.count_unread", requires=SIGNED_IN):
    """Count what you have not read."""


class MarkRead(Command[None], name="notifications.mark_read", requires=SIGNED_IN):
    """Note that you have read some notifications, or everything."""

    ids: Ids = ()
    everything: bool = False

    @model_validator(mode="after")
    def _names_what(self) -> Self:
        if bool(self.ids) is self.everything:
            raise Invalid("name either the ids or everything", field="ids")
        return self


class ArchiveNotifications(Command[None], name="notifications.archive", requires=SIGNED_IN):
    """Put notifications away; they count as read."""

    ids: Annotated[Ids, Field(min_length=1)]


class ListNotificationDeliveries(
    Query[Page[NotificationDeliveryView]], name="notifications.deliveries", requires=SIGNED_IN
):
    """Show what became of one of your notifications on each channel outside the app."""

    notification_id: NotificationId


@handlers.handles(MarkRead)
async def mark_read(command: MarkRead, inbox: Inbox, caller: Caller, clock: Clock) -> None:
    """Mark the caller's own."""
    inbox.mark_read(caller.user_id, None if command.everything else command.ids, at=clock.now())


@handlers.handles(ArchiveNotifications)
async def archive_notifications(command: ArchiveNotifications, inbox: Inbox, caller: Caller, clock: Clock) -> None:
    """Archive the caller's own."""
    inbox.archive(caller.user_id, command.ids, at=clock.now())
