"""Values of a webhook endpoint."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from pydantic import Base64UrlBytes

from colonnade.core import TextValue

WebhookId = NewType("WebhookId", UUID)


class WebhookUrl(TextValue):
    """Where requests go. Whether that address may be called is found out elsewhere, since it takes the network."""

    __slots__ = ()
    max_length = 2000
    pattern = r"https?://[^\s/?#@\\]+([/?][^\s#\\]*)?"
    pattern_hint = "must be an http or https address without a user name, a password and a fragment"
    example = "https://example.com/hooks/colonnade"
    json_format = "uri"


class EventTypeName(TextValue):
    """The name of a published event, or `*` for all of them."""

    __slots__ = ()
    pattern = r"(\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)+)"
    pattern_hint = "must be the name of a published event such as tasks.task_assigned, or *"
    example = "tasks.task_assigned"


ALL_EVENTS = EventTypeName("*")
"""Every event that is published, today and later."""


class WebhookDescription(TextValue):
    """What an endpoint is for, in a line."""

    __slots__ = ()
    min_length = 0
    example = "Chat bot of the web team"


class SignatureKind(StrEnum):
    """How requests are signed (Standard Webhooks 1.0.0)."""

    SYMMETRIC = "v1"
    """HMAC-SHA256 with a secret that both sides know."""
    ASYMMETRIC = "v1a"
    """Ed25519 with a private key that stays here."""


class WebhookStatus(StrEnum):
    """Whether requests are sent."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class DisabledBy(StrEnum):
    """Who stopped the requests."""

    PERSON = "person"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret or private key that requests are signed with, encrypted.

    Attributes:
        sealed: The encrypted text; only its own endpoint's can be opened.
        valid_until: When it stops being used, UTC; none for the present one.
    """

    sealed: Base64UrlBytes = field(repr=False)
    valid_until: datetime | None = None
