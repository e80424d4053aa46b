"""What other systems are told of: webhook endpoints."""

from colonnade.domain.integrations.endpoint import (
    MAX_EVENT_TYPES,
    ROTATION,
    TooManyWebhooks,
    WebhookEndpoint,
    WebhookMissing,
    WebhookOff,
)
from colonnade.domain.integrations.events import (
    EVENTS,
    WebhookCreated,
    WebhookDeleted,
    WebhookDisabled,
    WebhookEdited,
    WebhookEnabled,
    WebhookFailing,
    WebhookRecovered,
    WebhookSecretRotated,
)
from colonnade.domain.integrations.repository import PRESENT, WebhookRepository, wanting
from colonnade.domain.integrations.values import (
    ALL_EVENTS,
    DisabledBy,
    EventTypeName,
    SealedSecret,
    SignatureKind,
    WebhookDescription,
    WebhookId,
    WebhookStatus,
    WebhookUrl,
)

__all__ = [
    "ALL_EVENTS",
    "EVENTS",
    "MAX_EVENT_TYPES",
    "PRESENT",
    "ROTATION",
    "DisabledBy",
    "EventTypeName",
    "SealedSecret",
    "SignatureKind",
    "TooManyWebhooks",
    "WebhookCreated",
    "WebhookDeleted",
    "WebhookDescription",
    "WebhookDisabled",
    "WebhookEdited",
    "WebhookEnabled",
    "WebhookEndpoint",
    "WebhookFailing",
    "WebhookId",
    "WebhookMissing",
    "WebhookOff",
    "WebhookRecovered",
    "WebhookRepository",
    "WebhookSecretRotated",
    "WebhookStatus",
    "WebhookUrl",
    "wanting",
]
