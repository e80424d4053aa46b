"""Where deliveries and their attempts are kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.application.integrations.records import Attempt, Delivery, DeliveryId, WebhookDeliveryState
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.integrations.mapping import delivery_from_row, delivery_to_row
from colonnade.infrastructure.integrations.rows import AttemptRow, DeliveryRow

_table, _attempts = table_of(DeliveryRow), table_of(AttemptRow)
_columns = _table.c
_FIRST: Any = text("redelivery_of IS NULL")  # text stands for a condition
_MINE = (_columns.id == bindparam("of_id"), _columns.workspace_id == bindparam("of_tenant"))
SELECT_DELIVERY = select(_table).where(*_MINE)
"""Reads a delivery of a workspace."""

_INSERTS = {
    kind.__name__: kind.insert(_table).on_conflict_do_nothing(
        index_elements=[_columns.webhook_id, _columns.event_id], index_where=_FIRST
    )
    for kind in (postgresql, sqlite)
}
_CHANGING = ("state", "attempts", "last_attempt_at", "next_attempt_at", "delivered_at")
_UPDATE = (
    update(_table)
    .where(
        *_MINE,
        _columns.attempts == bindparam("of_attempts"),
        _columns.state == WebhookDeliveryState.PENDING.value,
    )
    .values({name: bindparam(f"new_{name}", type_=_columns[name].type) for name in _CHANGING})
)
_RECORD = insert(_attempts)
_OLD = (
    select(_columns.id)
    .where(_columns.created_at < bindparam("before", type_=_columns.created_at.type))
    .order_by(_columns.created_at)
    .limit(bindparam("limit"))
)
_PURGE = delete(_table).where(_columns.id.in_(_OLD)).returning(_columns.id)


class SqlDeliveries:
    """The deliveries of a workspace, within one unit of work."""

    def __init__(self, unit_of_work: SqlUnitOfWork, database: Database, tenant: WorkspaceId) -> None:
        self._unit_of_work = unit_of_work
        self._insert = _INSERTS[(postgresql if database.is_postgresql else sqlite).__name__]
        self._tenant = tenant

    async def find(self, delivery_id: DeliveryId) -> Delivery | None:
        """Return a delivery, if there is one."""
        rows = await self._unit_of_work.fetch(SELECT_DELIVERY, {"of_id": delivery_id, "of_tenant": self._tenant})
        return delivery_from_row(rows[0]) if rows else None

    def add(self, delivery: Delivery) -> None:
        """Put a delivery in; of an event that the endpoint is told of already, nothing is put in.

        Raises:
            TypeError: It is of another workspace.
        """
        if delivery.workspace_id != self._tenant:
            raise TypeError("the delivery is of another workspace")
        self._unit_of_work.at_commit(self._insert, delivery_to_row(delivery))

    def change(self, before: Delivery, after: Delivery, attempt: Attempt | None = None) -> None:
        """Keep what a delivery has become, with the attempt that made it so, if nobody else has changed it."""
        changed = {f"new_{name}": value for name, value in delivery_to_row(after).items() if name in _CHANGING}
        found = {"of_id": before.id, "of_tenant": self._tenant, "of_attempts": before.attempts}
        self._unit_of_work.at_commit(_UPDATE, {**found, **changed}, rows=1)
        if attempt is not None:
            outcome = attempt.outcome
            self._unit_of_work.at_commit(
                _RECORD,
                {
                    "delivery_id": attempt.delivery_id,
                    "number": attempt.number,
                    "at": after.last_attempt_at,
                    "request_headers": outcome.request_headers,
                    "status": outcome.status,
                    "response_headers": outcome.response_headers,
                    "response_body": outcome.response_body,
                    "milliseconds": outcome.milliseconds,
                    "error": outcome.error,
                },
            )


class SqlDeliveryRetention:
    """Forgets old deliveries of all workspaces, within one unit of work."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def purge(self, before: datetime, limit: int) -> int:
        """Delete the oldest deliveries that were made before a moment, with their attempts; return how many."""
        return len(await self._unit_of_work.fetch_and_lock(_PURGE, {"before": before, "limit": limit}))
