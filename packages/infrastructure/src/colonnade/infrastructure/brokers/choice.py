"""Which broker, by URL: configuration alone moves a service from one to another."""
# ruff: noqa: PLC0415 - only the driver of the broker that is chosen has to be installed

import ssl
from functools import partial
from urllib.parse import urlsplit

from colonnade.application.publishing import Broker, Parking
from colonnade.core import Invalid
from colonnade.infrastructure.brokers.link import Connect
from colonnade.infrastructure.brokers.memory import InProcessBroker
from colonnade.infrastructure.brokers.settings import BrokerSettings
from colonnade.infrastructure.brokers.tls import tls_context

DEFAULT_SETTINGS = BrokerSettings()


def create_broker(url: str, parking: Parking, settings: BrokerSettings = DEFAULT_SETTINGS) -> Broker:
    """Return the broker that a URL names, not started yet.

    Args:
        url: `memory://`, `nats://…`, `redis://…` or `valkey://…` (with a further s for TLS), `amqp://…` or
            `amqps://…`, `kafka://…` or `kafkas://…`. Addresses of a cluster of NATS or Kafka have commas between them.
        parking: Where poison messages go.
        settings: How it is used.

    Raises:
        Invalid: No broker is reached by such a URL, or `tls_ca_file` holds no certificates.
        ImportError: The extra of that broker is not installed; the message says which.
    """
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        return InProcessBroker(settings, parking)
    connect, name = _connection(scheme, url, settings, tls_context(url, settings.tls_ca_file))
    from colonnade.infrastructure.brokers.faststream import FastStreamBroker

    return FastStreamBroker(connect, settings, parking, name=name)


def _connection(scheme: str, url: str, settings: BrokerSettings, tls: ssl.SSLContext | None) -> tuple[Connect, str]:
    """Return what makes links, and the broker's name; each import needs the extra of that broker only."""
    match scheme:
        case "nats" | "tls":
            from colonnade.infrastructure.brokers.nats import NatsLink, nats_servers

            return partial(NatsLink, nats_servers(url), settings, tls), "NATS"
        case "redis" | "rediss" | "valkey" | "valkeys":
            from colonnade.infrastructure.brokers.redis import RedisLink

            return partial(RedisLink, url, settings, tls), "Redis"
        case "amqp" | "amqps":
            from colonnade.infrastructure.brokers.rabbitmq import RabbitLink

            return partial(RabbitLink, url, settings, tls), "RabbitMQ"
        case "kafka" | "kafkas":
            from colonnade.infrastructure.brokers.kafka import KafkaLink
            from colonnade.infrastructure.brokers.kafka_address import KafkaAddress

            return partial(KafkaLink, KafkaAddress.read(url, tls), settings), "Kafka"
    raise Invalid(f"no broker is reached by {scheme or 'a URL without a scheme'}://", field="url")
