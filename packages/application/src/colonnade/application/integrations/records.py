"""What is remembered of each event that an endpoint is told of: the delivery, and every attempt at it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import NamedTuple, NewType
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from colonnade.application.integrations.settings import WebhookSettings
from colonnade.domain.integrations import WebhookId
from colonnade.domain.workspaces import WorkspaceId

DeliveryId = NewType("DeliveryId", UUID)

PING = "webhooks.ping"
"""The type of test events; they are sent once."""


class WebhookDeliveryState(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"
    """The endpoint was disabled or deleted before its turn."""


class AttemptOutcome(BaseModel):
    """What came of one request.

    Attributes:
        skipped: Whether none was sent.
        at: When it was sent, UTC.
        request_headers: Its fields, by name.
        status: The status of the answer; none if there was no answer.
        response_headers: The answer's fields, by lower-case name, cut to a size.
        response_body: The beginning of the answer's body, as text.
        milliseconds: How long it took.
        retry_after_seconds: How long the endpoint asks to be left alone.
        error: Why there was no answer.
    """

    model_config = ConfigDict(frozen=True)

    skipped: bool = False
    at: datetime | None = None
    request_headers: dict[str, str] = {}
    status: int | None = None
    response_headers: dict[str, str] = {}
    response_body: str = ""
    milliseconds: int = 0
    retry_after_seconds: float | None = None
    error: str | None = None

    @property
    def delivered(self) -> bool:
        """Whether the endpoint took the request: any 2xx."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def gone(self) -> bool:
        """Whether the endpoint wants no request ever again."""
        return self.status == HTTPStatus.GONE


class Attempt(NamedTuple):
    """One request of a delivery, with its number from 1."""

    delivery_id: DeliveryId
    number: int
    outcome: AttemptOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one endpoint.

    Attributes:
        event_id: Identity of the event, by which the receiver knows it again; its redeliveries have the same.
        event_type: The published name of the event.
        payload: The body of the request, character by character as it is signed.
        redelivery_of: The first delivery of the event, if this is another one.
        attempts: How many requests were sent.
        next_attempt_at: When the next one is due, UTC; none if there is none.
    """

    id: DeliveryId
    workspace_id: WorkspaceId
    webhook_id: WebhookId
    event_id: UUID
    event_type: str
    payload: str
    created_at: datetime
    redelivery_of: DeliveryId | None = None
    state: WebhookDeliveryState = WebhookDeliveryState.PENDING
    attempts: int = 0
    last_attempt_at: datetime | None = None
    next_attempt_at: datetime | None = None
    delivered_at: datetime | None = None

    def awaits(self, number: int) -> bool:
        """Tell whether the request with this number, from 1, is the next one."""
        return self.state is WebhookDeliveryState.PENDING and self.attempts + 1 == number

    def skipped(self) -> "Delivery":
        """Return the delivery as it is when its endpoint gets no requests any more."""
        return replace(self, state=WebhookDeliveryState.SKIPPED, next_attempt_at=None)

    def after(self, outcome: AttemptOutcome, at: datetime, settings: WebhookSettings) -> "Delivery":
        """Return the delivery as it is after one more request.

        Args:
            outcome: What came of it.
            at: The present moment.
            settings: When the next one is due.
        """
        number = self.attempts + 1
        tried = replace(self, attempts=number, last_attempt_at=outcome.at or at, next_attempt_at=None)
        if outcome.delivered:
            return replace(tried, state=WebhookDeliveryState.DELIVERED, delivered_at=at)
        if outcome.gone or self.event_type == PING or number >= settings.retries.limit:
            return replace(tried, state=WebhookDeliveryState.FAILED)
        asked = min(outcome.retry_after_seconds or 0.0, settings.longest_retry_after_seconds)
        pause = max(settings.retries.pause_seconds(number), asked)
        return replace(tried, next_attempt_at=at + timedelta(seconds=pause))
