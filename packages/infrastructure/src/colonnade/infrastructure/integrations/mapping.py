"""Webhook endpoints and deliveries to rows and back."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from colonnade.application.integrations.records import Delivery, DeliveryId, WebhookDeliveryState
from colonnade.core import UserId
from colonnade.domain.integrations import (
    DisabledBy,
    EventTypeName,
    SignatureKind,
    WebhookDescription,
    WebhookEndpoint,
    WebhookId,
    WebhookUrl,
)
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database.aggregates import Values


def webhook_to_domain(row: Any, parts: Sequence[Any] = ()) -> WebhookEndpoint:  # a row of the webhooks table
    """Rebuild an endpoint."""
    return WebhookEndpoint(
        id=WebhookId(row.id),
        version=row.version,
        workspace_id=WorkspaceId(row.workspace_id),
        url=WebhookUrl(row.url),
        event_types=tuple(EventTypeName(name) for name in row.event_types),
        description=WebhookDescription(row.description),
        signature=SignatureKind(row.signature),
        secrets=row.secrets,
        created_by=UserId(row.created_by),
        created_at=row.created_at,
        updated_at=row.updated_at,
        failing_since=row.failing_since,
        disabled_at=row.disabled_at,
        disabled_by=None if row.disabled_by is None else DisabledBy(row.disabled_by),
        disabled_reason=row.disabled_reason,
        deleted_at=row.deleted_at,
    )


def webhook_to_row(endpoint: WebhookEndpoint) -> Values:
    """Return the row of an endpoint."""
    return {
        "id": endpoint.id,
        "version": endpoint.version,
        "workspace_id": endpoint.workspace_id,
        "url": str(endpoint.url),
        "event_types": tuple(str(name) for name in endpoint.event_types),
        "description": str(endpoint.description),
        "signature": endpoint.signature.value,
        "secrets": endpoint.secrets,
        "created_by": endpoint.created_by,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
        "failing_since": endpoint.failing_since,
        "disabled_at": endpoint.disabled_at,
        "disabled_by": None if endpoint.disabled_by is None else endpoint.disabled_by.value,
        "disabled_reason": endpoint.disabled_reason,
        "deleted_at": endpoint.deleted_at,
    }


def delivery_from_row(row: Any) -> Delivery:  # a row of the webhook_deliveries table
    """Rebuild a delivery."""
    return Delivery(
        id=DeliveryId(row.id),
        workspace_id=WorkspaceId(row.workspace_id),
        webhook_id=WebhookId(row.webhook_id),
        event_id=row.event_id,
        event_type=row.event_type,
        payload=row.payload,
        redelivery_of=None if row.redelivery_of is None else DeliveryId(row.redelivery_of),
        state=WebhookDeliveryState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        last_attempt_at=row.last_attempt_at,
        next_attempt_at=row.next_attempt_at,
        delivered_at=row.delivered_at,
    )


def delivery_to_row(delivery: Delivery) -> Values:
    """Return the row of a delivery."""
    return {**asdict(delivery), "state": delivery.state.value}
