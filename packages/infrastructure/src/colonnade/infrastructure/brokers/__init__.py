"""Message brokers behind one port: in process, NATS JetStream, Redis Streams, RabbitMQ and Kafka, chosen by URL.

Each speaks CloudEvents in structured mode and reads both modes. The module of a broker needs its extra.
"""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "brokers", "cloudevents")

from colonnade.application.publishing import Broker, EventHandler, Inbox, ParkedMessage, Parking
from colonnade.infrastructure.brokers.choice import create_broker
from colonnade.infrastructure.brokers.memory import InProcessBroker
from colonnade.infrastructure.brokers.settings import BrokerSettings

__all__ = [
    "Broker",
    "BrokerSettings",
    "EventHandler",
    "InProcessBroker",
    "Inbox",
    "ParkedMessage",
    "Parking",
    "create_broker",
]
