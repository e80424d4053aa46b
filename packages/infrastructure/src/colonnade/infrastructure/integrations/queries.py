"""Reads of the integrations context."""

from datetime import datetime
from inspect import cleandoc
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, bindparam, select, tuple_

from colonnade.application.integrations import (
    DeliveryId,
    DeliveryWithAttempts,
    EventTypeView,
    GetDelivery,
    GetWebhook,
    ListDeliveries,
    ListEventTypes,
    ListWebhooks,
    WebhookAttemptView,
    WebhookDeliveryView,
    WebhookEvents,
    WebhookView,
)
from colonnade.application.messaging import Handlers
from colonnade.core import CursorCodec, NotFound, Page
from colonnade.domain.integrations import WebhookMissing, WebhookStatus
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.integrations.rows import AttemptRow, DeliveryRow, WebhookRow

handlers = Handlers()

_webhooks, _deliveries, _attempts = table_of(WebhookRow).c, table_of(DeliveryRow).c, table_of(AttemptRow).c
_ENDPOINTS = (
    select(*(_webhooks[name] for name in WebhookView.model_fields if name != "status"))
    .where(_webhooks.workspace_id == bindparam("workspace_id"), _webhooks.deleted_at.is_(None))
    .order_by(_webhooks.created_at, _webhooks.id)
)
_ENDPOINT = _ENDPOINTS.where(_webhooks.id == bindparam("webhook_id"))
_MINE = _deliveries.workspace_id == bindparam("workspace_id")
_ORDER = (_deliveries.created_at, _deliveries.id)
_LIST = (
    select(*(_deliveries[name] for name in WebhookDeliveryView.model_fields))
    .where(_MINE)
    .order_by(*(column.desc() for column in _ORDER))
    .limit(bindparam("limit"))
)
_DELIVERY = select(table_of(DeliveryRow)).where(_MINE, _deliveries.id == bindparam("delivery_id"))
_LOG = (
    select(*(_attempts[name] for name in WebhookAttemptView.model_fields))
    .join(table_of(DeliveryRow), _deliveries.id == _attempts.delivery_id)
    .where(_MINE, _attempts.delivery_id == bindparam("delivery_id"))
    .order_by(_attempts.number)
)
_MOMENT, _ID = TypeAdapter(datetime), TypeAdapter(DeliveryId)


@handlers.handles(ListWebhooks)
async def list_webhooks(query: ListWebhooks, database: Database) -> Page[WebhookView]:
    """List the endpoints; there are few."""
    rows = await database.fetch(_ENDPOINTS, {"workspace_id": query.workspace_id})
    return Page(items=tuple(_webhook(row) for row in rows))


@handlers.handles(GetWebhook)
async def get_webhook(query: GetWebhook, database: Database) -> WebhookView:
    """Show an endpoint."""
    rows = await database.fetch(_ENDPOINT, {"workspace_id": query.workspace_id, "webhook_id": query.webhook_id})
    if not rows:
        raise WebhookMissing("there is no such webhook", field="webhook_id")
    return _webhook(rows[0])


@handlers.handles(ListDeliveries)
async def list_deliveries(query: ListDeliveries, database: Database, cursors: CursorCodec) -> Page[WebhookDeliveryView]:
    """List a page of deliveries."""
    described = f"webhooks.deliveries {query.workspace_id} {query.webhook_id} {query.state}"
    statement: Select[Any] = _LIST
    if query.webhook_id is not None:
        statement = statement.where(_deliveries.webhook_id == query.webhook_id)
    if query.state is not None:
        statement = statement.where(_deliveries.state == query.state.value)
    if query.cursor is not None:
        moment, delivery_id = cursors.decode(described, query.cursor, keys=2)
        place = (_MOMENT.validate_python(moment), _ID.validate_python(delivery_id))
        statement = statement.where(tuple_(*_ORDER) < place)
    rows = await database.fetch(statement, {"workspace_id": query.workspace_id, "limit": query.limit + 1})
    found = tuple(WebhookDeliveryView.model_validate(row._mapping) for row in rows[: query.limit])
    if len(rows) <= query.limit:
        return Page(items=found)
    keys = [_MOMENT.dump_python(found[-1].created_at, mode="json"), str(found[-1].id)]
    return Page(items=found, next=cursors.encode(described, keys))


@handlers.handles(GetDelivery)
async def get_delivery(query: GetDelivery, database: Database) -> DeliveryWithAttempts:
    """Show a delivery with all its requests."""
    wanted = {"workspace_id": query.workspace_id, "delivery_id": query.delivery_id}
    rows = await database.fetch(_DELIVERY, wanted)
    if not rows:
        raise NotFound("there is no such delivery", field="delivery_id")
    log = tuple(WebhookAttemptView.model_validate(row._mapping) for row in await database.fetch(_LOG, wanted))
    return DeliveryWithAttempts.model_validate({**rows[0]._mapping, "log": log})


@handlers.handles(ListEventTypes)
async def list_event_types(query: ListEventTypes, events: WebhookEvents) -> Page[EventTypeView]:
    """List the published events, which are the same in every workspace."""
    return Page(
        items=tuple(
            EventTypeView(
                type=name,
                description=cleandoc(kind.__doc__ or ""),
                data_schema=kind.model_json_schema(mode="serialization"),
            )
            for name, kind in events.types.items()
        )
    )


def _webhook(row: Any) -> WebhookView:  # a row of the webhooks table
    status = WebhookStatus.ENABLED if row.disabled_at is None else WebhookStatus.DISABLED
    return WebhookView.model_validate({**row._mapping, "status": status})
