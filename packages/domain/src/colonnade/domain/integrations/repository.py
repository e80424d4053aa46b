"""Where webhook endpoints are kept."""

from typing import Protocol

from colonnade.core import Repository, Specification, field
from colonnade.domain.integrations.endpoint import WebhookEndpoint
from colonnade.domain.integrations.values import ALL_EVENTS, WebhookId

PRESENT: Specification = field("deleted_at") == None  # noqa: E711 - builds a condition
"""Endpoints that were not deleted."""

_ENABLED: Specification = field("disabled_at") == None  # noqa: E711 - builds a condition


def wanting(event_type: str) -> Specification:
    """Return the condition of the endpoints that are to be told of an event."""
    names = field("event_types")
    return PRESENT & _ENABLED & (names.contains(event_type) | names.contains(str(ALL_EVENTS)))


class WebhookRepository(Repository[WebhookEndpoint, WebhookId], Protocol):
    """The webhook endpoints of a workspace, deleted ones included."""
