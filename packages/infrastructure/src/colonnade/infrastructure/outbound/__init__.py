"""HTTP to addresses that strangers choose: what they name is checked, and what was checked is called."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "http", "httpx2")

from colonnade.infrastructure.outbound.addresses import Network
from colonnade.infrastructure.outbound.answers import answer_facts
from colonnade.infrastructure.outbound.client import OutboundHttp
from colonnade.infrastructure.outbound.errors import AddressRefused, OutboundFailed, Reason
from colonnade.infrastructure.outbound.requests import OutboundResponse
from colonnade.infrastructure.outbound.resolving import Resolve, SystemResolver
from colonnade.infrastructure.outbound.retry_after import retry_after_seconds
from colonnade.infrastructure.outbound.settings import OutboundSettings
from colonnade.infrastructure.outbound.urls import check_url

__all__ = [
    "AddressRefused",
    "Network",
    "OutboundFailed",
    "OutboundHttp",
    "OutboundResponse",
    "OutboundSettings",
    "Reason",
    "Resolve",
    "SystemResolver",
    "answer_facts",
    "check_url",
    "retry_after_seconds",
]
