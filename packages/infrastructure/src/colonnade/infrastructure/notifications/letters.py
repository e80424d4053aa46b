"""The letters that jobs carry, as they are now."""

from sqlalchemy import bindparam, select

from colonnade.application.jobs import JobId
from colonnade.application.notifications.ports import DeliveryState, Letter, LetterItem
from colonnade.application.notifications.recipients import Recipients
from colonnade.application.notifications.sending import DIGEST
from colonnade.core import NotFound
from colonnade.domain.notifications import Channel, Kind
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.database.tenancy import every_tenant
from colonnade.infrastructure.notifications.naming import NamedFacts
from colonnade.infrastructure.notifications.rows import NotificationDeliveryRow, NotificationRow
from colonnade.infrastructure.workspaces.rows import WorkspaceRow

_notifications, _deliveries = table_of(NotificationRow), table_of(NotificationDeliveryRow)
_workspaces = table_of(WorkspaceRow)
_told, _way = _notifications.c, _deliveries.c
_ITEMS = every_tenant(
    select(
        _told.id,
        _told.kind,
        _told.thread,
        _told.facts,
        _told.workspace_id,
        _workspaces.c.name,
        _told.created_at,
        _told.read_at,
        _told.user_id,
        _way.state,
        _way.channel,
        _way.fold,
    )
    .join(_deliveries, _way.notification_id == _told.id)
    .outerjoin(_workspaces, _workspaces.c.id == _told.workspace_id)
    .where(_way.job_id == bindparam("of_job"))
    .order_by(_told.created_at, _told.id)
)


class SqlLetters:
    """Reads letters outside any transaction."""

    def __init__(self, database: Database, recipients: Recipients, named: NamedFacts) -> None:
        self._database = database
        self._recipients = recipients
        self._named = named

    async def load(self, job_id: JobId) -> Letter:
        """Return what a job carries.

        Raises:
            NotFound: Nothing, or nobody is there to get it.
        """
        rows = await self._database.fetch(_ITEMS, {"of_job": job_id})
        people = await self._recipients.of({row.user_id for row in rows})
        if not people:
            raise NotFound("this job carries nothing to anybody")
        facts = await self._named.of([row.facts for row in rows])
        return Letter(
            job_id=job_id,
            recipient=people[rows[0].user_id],
            channel=Channel(rows[0].channel),
            items=tuple(
                LetterItem(
                    notification_id=row.id,
                    kind=Kind(row.kind),
                    thread=row.thread,
                    facts=its,
                    workspace_id=row.workspace_id,
                    workspace=row.name,
                    created_at=row.created_at,
                    read_at=row.read_at,
                    state=DeliveryState(row.state),
                )
                for row, its in zip(rows, facts, strict=True)
            ),
            digest=bool(rows[0].fold) and rows[0].fold.startswith(DIGEST),
        )
