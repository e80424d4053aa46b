"""What happens to webhook endpoints. Secrets are in none of it."""

from datetime import datetime
from uuid import UUID

from colonnade.core import DomainEvent, UserId
from colonnade.domain.integrations.values import DisabledBy, SignatureKind


class WebhookCreated(DomainEvent, type="integrations.webhook_created", version=1):
    """Somebody wants to be told of events."""

    workspace_id: UUID
    webhook_id: UUID
    url: str
    event_types: tuple[str, ...]
    description: str
    signature: SignatureKind
    created_by: UserId


class WebhookEdited(DomainEvent, type="integrations.webhook_edited", version=1):
    """An endpoint is elsewhere, wants other events or is for something else; all of it as it is now."""

    workspace_id: UUID
    webhook_id: UUID
    url: str
    event_types: tuple[str, ...]
    description: str


class WebhookSecretRotated(DomainEvent, type="integrations.webhook_secret_rotated", version=1):
    """An endpoint has a new secret; the former one is used beside it for a while."""

    workspace_id: UUID
    webhook_id: UUID
    former_valid_until: datetime


class WebhookFailing(DomainEvent, type="integrations.webhook_failing", version=1):
    """An endpoint stopped taking requests."""

    workspace_id: UUID
    webhook_id: UUID


class WebhookRecovered(DomainEvent, type="integrations.webhook_recovered", version=1):
    """An endpoint takes requests again."""

    workspace_id: UUID
    webhook_id: UUID


class WebhookDisabled(DomainEvent, type="integrations.webhook_disabled", version=1):
    """An endpoint gets no more requests."""

    workspace_id: UUID
    webhook_id: UUID
    disabled_by: DisabledBy
    reason: str


class WebhookEnabled(DomainEvent, type="integrations.webhook_enabled", version=1):
    """An endpoint gets requests again."""

    workspace_id: UUID
    webhook_id: UUID


class WebhookDeleted(DomainEvent, type="integrations.webhook_deleted", version=1):
    """An endpoint is gone for good."""

    workspace_id: UUID
    webhook_id: UUID


EVENTS = (
    WebhookCreated,
    WebhookEdited,
    WebhookSecretRotated,
    WebhookFailing,
    WebhookRecovered,
    WebhookDisabled,
    WebhookEnabled,
    WebhookDeleted,
)
