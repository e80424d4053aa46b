"""What the webhook use cases answer with."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from colonnade.application.integrations.records import Delivery, DeliveryId, WebhookDeliveryState
from colonnade.application.views import View
from colonnade.core import UserId
from colonnade.domain.integrations import DisabledBy, SignatureKind, WebhookEndpoint, WebhookId, WebhookStatus
from colonnade.domain.workspaces import WorkspaceId


class WebhookView(View):
    """A webhook endpoint."""

    id: WebhookId
    workspace_id: WorkspaceId
    url: str
    event_types: tuple[str, ...]
    description: str
    signature: SignatureKind
    status: WebhookStatus
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_by: DisabledBy | None
    disabled_reason: str | None
    created_by: UserId
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> Self:
        """Return the view of an endpoint."""
        return cls(**{name: getattr(endpoint, name) for name in cls.model_fields})


class WebhookWithSecret(WebhookView):
    """A webhook endpoint with what its receiver verifies requests with; this is shown once."""

    secret: str = Field(repr=False, description="`whsec_…`, to be kept secret, or the public key `whpk_…`.")

    @classmethod
    def showing(cls, endpoint: WebhookEndpoint, secret: str) -> Self:
        """Return the view of an endpoint with a secret that was just made."""
        return cls(**dict(WebhookView.of(endpoint)), secret=secret)


class WebhookDeliveryView(View):
    """One event on its way to one endpoint."""

    id: DeliveryId
    workspace_id: WorkspaceId
    webhook_id: WebhookId
    event_id: UUID
    event_type: str
    state: WebhookDeliveryState
    attempts: int
    created_at: datetime
    last_attempt_at: datetime | None
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    redelivery_of: DeliveryId | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Return the view of a delivery."""
        return cls(**{name: getattr(delivery, name) for name in cls.model_fields})


class WebhookAttemptView(View):
    """One request and its answer."""

    number: int
    at: datetime
    request_headers: dict[str, str]
    status: int | None
    response_headers: dict[str, str]
    response_body: str
    milliseconds: int
    error: str | None


class DeliveryWithAttempts(WebhookDeliveryView):
    """A delivery with its body and every request that was sent."""

    payload: str
    log: tuple[WebhookAttemptView, ...]


class EventTypeView(View):
    """An event that an endpoint can be told of."""

    type: str
    description: str
    data_schema: dict[str, Any] = Field(description="JSON schema of `data` in the body.")  # JSON of any shape
