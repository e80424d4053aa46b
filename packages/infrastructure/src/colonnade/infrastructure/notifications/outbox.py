"""What is to leave by the other channels, and what became of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, Uuid, bindparam, insert, or_, select, update

from colonnade.application.jobs import JobId
from colonnade.application.notifications.ports import DeliveryState
from colonnade.application.notifications.views import Sent
from colonnade.core import UserId
from colonnade.domain.notifications import Channel, NotificationId
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.notifications.rows import NotificationDeliveryRow

_table = table_of(NotificationDeliveryRow)
_columns = _table.c
_INSERT = insert(_table)
_CLAIM = (
    update(_table)
    .where(
        _columns.user_id == bindparam("of_user"),
        _columns.channel == bindparam("of_channel"),
        _columns.fold == bindparam("of_fold"),
        _columns.job_id.is_(None),
    )
    .values(job_id=bindparam("new_job_id", type_=Uuid))
    .returning(_columns.notification_id)
)
_WAITING = (
    select(_columns.channel, _columns.fold)
    .where(
        _columns.user_id == bindparam("of_user"),
        _columns.job_id.is_(None),
        _columns.fold.startswith(bindparam("prefix", type_=Text), autoescape=False),
    )
    .distinct()
)
_CARRIED = update(_table).where(
    _columns.job_id == bindparam("of_job"),
    or_(_columns.state == DeliveryState.PENDING.value, _columns.state == DeliveryState.FAILED.value),
)
_END = _CARRIED.where(_columns.notification_id == bindparam("of_notification")).values(
    {name: bindparam(f"new_{name}", type_=_columns[name].type) for name in ("state", "reason", "sent_at", "message_id")}
)
_FAIL = _CARRIED.values(
    state=DeliveryState.FAILED.value,
    reason=bindparam("new_reason", type_=Text),
    error=bindparam("new_error", type_=Text),
)


class SqlOutbox:
    """Deliveries, within one unit of work."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        self._unit_of_work = unit_of_work

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
        row = {
            "notification_id": notification_id,
            "channel": channel.value,
            "user_id": user_id,
            "fold": fold,
            "job_id": job_id,
            "state": DeliveryState.PENDING.value,
        }
        self._unit_of_work.at_commit(_INSERT, row)

    async def claim(self, user_id: UserId, channel: Channel, fold: str, job_id: JobId) -> bool:
        """Let a job carry all that waits with a fold, so that no other job does; tell whether there was anything."""
        where = {"of_user": user_id, "of_channel": channel.value, "of_fold": fold}
        return bool(await self._unit_of_work.fetch_and_lock(_CLAIM, {**where, "new_job_id": job_id}))

    async def waiting(self, user_id: UserId, fold_prefix: str) -> Sequence[tuple[Channel, str]]:
        """Return the folds of somebody's that begin like this and that no job carries yet."""
        rows = await self._unit_of_work.fetch(_WAITING, {"of_user": user_id, "prefix": fold_prefix})
        return [(Channel(row.channel), row.fold) for row in rows]

    def sent(self, job_id: JobId, sent: Sent) -> None:
        """Keep what became of the notifications that a job carried."""
        gone = {"new_sent_at": sent.at, "new_message_id": sent.message_id}
        for notification_id in sent.sent:
            self._end(job_id, notification_id, DeliveryState.SENT, gone)
        for notification_id, reason in sent.suppressed.items():
            self._end(job_id, notification_id, DeliveryState.SUPPRESSED, {"new_reason": reason.value})

    def failed(self, job_id: JobId, code: str | None, error: str | None) -> None:
        """Keep that what a job carried will never arrive."""
        self._unit_of_work.at_commit(_FAIL, {"of_job": job_id, "new_reason": code, "new_error": error})

    def _end(
        self, job_id: JobId, notification_id: NotificationId, state: DeliveryState, values: Mapping[str, Any]
    ) -> None:
        ending = {"new_reason": None, "new_sent_at": None, "new_message_id": None, **values}
        found = {"of_job": job_id, "of_notification": notification_id, "new_state": state.value}
        self._unit_of_work.at_commit(_END, {**found, **ending})
