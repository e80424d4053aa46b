"""Integration events: what a service publishes, in versions that only grow, and the ports to brokers.

`colonnade.application.publishing.encoding` turns envelopes into messages and back; it needs the extra `cloudevents`.
"""

from colonnade.application.publishing.catalogue import Catalogue
from colonnade.application.publishing.compatibility import Break, breaking_changes
from colonnade.application.publishing.envelope import STRUCTURED_MEDIA_TYPE, CloudEventEnvelope
from colonnade.application.publishing.events import PublishedEvent
from colonnade.application.publishing.ports import (
    Broker,
    EventHandler,
    Inbox,
    ParkedMessage,
    Parking,
    check_group,
    check_topic,
)
from colonnade.application.publishing.publications import Publication, Publications
from colonnade.application.publishing.publisher import Publisher, PublishingSettings
from colonnade.application.publishing.relay import RELAY, relay_subscription

__all__ = [
    "RELAY",
    "STRUCTURED_MEDIA_TYPE",
    "Break",
    "Broker",
    "Catalogue",
    "CloudEventEnvelope",
    "EventHandler",
    "Inbox",
    "ParkedMessage",
    "Parking",
    "Publication",
    "Publications",
    "PublishedEvent",
    "Publisher",
    "PublishingSettings",
    "breaking_changes",
    "check_group",
    "check_topic",
    "relay_subscription",
]
