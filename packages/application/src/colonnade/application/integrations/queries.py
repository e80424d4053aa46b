"""Ask about webhooks. The handlers are in the infrastructure: a query runs SQL and returns views."""

from typing import Annotated

from pydantic import Field

from colonnade.application.integrations.records import DeliveryId, WebhookDeliveryState
from colonnade.application.integrations.views import (
    DeliveryWithAttempts,
    EventTypeView,
    WebhookDeliveryView,
    WebhookView,
)
from colonnade.application.messaging import Query
from colonnade.core import Page
from colonnade.domain.integrations import WebhookId
from colonnade.domain.workspaces import Permission, WorkspaceId


class ListWebhooks(Query[Page[WebhookView]], name="webhooks.list", requires=Permission.WEBHOOK_MANAGE):
    """List the webhook endpoints of a workspace, the oldest first."""

    workspace_id: WorkspaceId


class GetWebhook(Query[WebhookView], name="webhooks.get", requires=Permission.WEBHOOK_MANAGE):
    """Show a webhook endpoint."""

    workspace_id: WorkspaceId
    webhook_id: WebhookId


class ListDeliveries(Query[Page[WebhookDeliveryView]], name="webhooks.deliveries", requires=Permission.WEBHOOK_MANAGE):
    """List what the endpoints of a workspace were told of, the newest first."""

    workspace_id: WorkspaceId
    webhook_id: WebhookId | None = None
    state: WebhookDeliveryState | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class GetDelivery(Query[DeliveryWithAttempts], name="webhooks.delivery", requires=Permission.WEBHOOK_MANAGE):
    """Show a delivery with its body and every request that was sent."""

    workspace_id: WorkspaceId
    delivery_id: DeliveryId


class ListEventTypes(Query[Page[EventTypeView]], name="webhooks.event_types", requires=Permission.WEBHOOK_MANAGE):
    """List the events that an endpoint can be told of, by name."""

    workspace_id: WorkspaceId
