"""The contract rows of the integrations context."""

from colonnade.api.contract import Contract
from colonnade.application.integrations import (
    CreateWebhook,
    DeleteWebhook,
    DisableWebhook,
    EditWebhook,
    EnableWebhook,
    GetDelivery,
    GetWebhook,
    ListDeliveries,
    ListEventTypes,
    ListWebhooks,
    PingWebhook,
    RedeliverWebhook,
    RotateSecret,
)

integrations = Contract("webhooks", prefix="/workspaces/{workspace_id}/webhooks")
integrations.post("", CreateWebhook, status=201, location="/workspaces/{workspace_id}/webhooks/{id}")
integrations.get("", ListWebhooks)
integrations.get("/event-types", ListEventTypes)
integrations.get("/deliveries", ListDeliveries)
integrations.get("/deliveries/{delivery_id}", GetDelivery)
integrations.post(
    "/deliveries/{delivery_id}/redeliver",
    RedeliverWebhook,
    status=202,
    location="/workspaces/{workspace_id}/webhooks/deliveries/{id}",
)
integrations.get("/{webhook_id}", GetWebhook, etag=True)
integrations.patch("/{webhook_id}", EditWebhook)
integrations.delete("/{webhook_id}", DeleteWebhook)
integrations.post("/{webhook_id}/rotate-secret", RotateSecret)
integrations.post("/{webhook_id}/enable", EnableWebhook)
integrations.post("/{webhook_id}/disable", DisableWebhook)
integrations.post(
    "/{webhook_id}/ping", PingWebhook, status=202, location="/workspaces/{workspace_id}/webhooks/deliveries/{id}"
)
