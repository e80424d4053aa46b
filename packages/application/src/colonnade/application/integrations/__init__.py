"""What other systems are told of: webhooks."""

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "work", "colonnade.domain")

from colonnade.application.integrations.attempts import AttemptDelivery, RecordAttempt
from colonnade.application.integrations.catalogue import WebhookEvents
from colonnade.application.integrations.management import (
    CreateWebhook,
    DeleteWebhook,
    DisableWebhook,
    EditWebhook,
    EnableWebhook,
    RotateSecret,
)
from colonnade.application.integrations.queries import (
    GetDelivery,
    GetWebhook,
    ListDeliveries,
    ListEventTypes,
    ListWebhooks,
)
from colonnade.application.integrations.records import DeliveryId, WebhookDeliveryState
from colonnade.application.integrations.resending import PingWebhook, RedeliverWebhook
from colonnade.application.integrations.retention import PurgeDeliveries
from colonnade.application.integrations.settings import WebhookSettings
from colonnade.application.integrations.telling import webhook_subscriptions
from colonnade.application.integrations.views import (
    DeliveryWithAttempts,
    EventTypeView,
    WebhookAttemptView,
    WebhookDeliveryView,
    WebhookView,
    WebhookWithSecret,
)

__all__ = [
    "AttemptDelivery",
    "CreateWebhook",
    "DeleteWebhook",
    "DeliveryId",
    "DeliveryWithAttempts",
    "DisableWebhook",
    "EditWebhook",
    "EnableWebhook",
    "EventTypeView",
    "GetDelivery",
    "GetWebhook",
    "ListDeliveries",
    "ListEventTypes",
    "ListWebhooks",
    "PingWebhook",
    "PurgeDeliveries",
    "RecordAttempt",
    "RedeliverWebhook",
    "RotateSecret",
    "WebhookAttemptView",
    "WebhookDeliveryState",
    "WebhookDeliveryView",
    "WebhookEvents",
    "WebhookSettings",
    "WebhookView",
    "WebhookWithSecret",
    "webhook_subscriptions",
]
