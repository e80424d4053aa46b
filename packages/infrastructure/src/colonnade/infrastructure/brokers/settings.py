"""How brokers are used."""

from pathlib import Path
from typing import NamedTuple


class BrokerSettings(NamedTuple):
    """How brokers are used; what a broker cannot do, it leaves aside.

    Attributes:
        connect_seconds: How long one attempt to connect may take.
        longest_reconnect_seconds: The longest pause between two attempts; the first is a tenth of a second.
        publish_seconds: How long the broker may take to confirm an event.
        check_seconds: How often the connection and its consumers are looked at.
        close_seconds: How long running handlers may take to finish when the broker is closed.
        handler_seconds: How long a handler may take; one that takes longer has failed.
        hold_seconds: After what silence a member counts as dead and its messages go to others. Running handlers are
            not silent.
        redelivery_seconds: The pause before a failed message is delivered again; it doubles with each failure.
        longest_redelivery_seconds: The longest such pause; at most `hold_seconds` counts with Redis.
        max_deliveries: How often a message is delivered before it is parked.
        concurrency: How many messages of a topic one member handles at a time; one keeps them in order.
        poll_seconds: How long one request for messages waits for some to come.
        retention_seconds: How long messages are kept for groups that have not read them (NATS, Redis).
        deduplication_seconds: How long an event sent twice is recognised (NATS).
        stream: The name of the JetStream stream that is made if it is missing (NATS).
        subjects: What that stream keeps (NATS).
        replicas: On how many servers that stream is kept (NATS).
        exchange: The topic exchange that events are published to (RabbitMQ).
        queue_length: How many messages may wait for one member; more are refused (in process).
        tls_ca_file: Certificates in PEM to trust instead of the system's, where the address asks for TLS.
    """

    connect_seconds: float = 5.0
    longest_reconnect_seconds: float = 10.0
    publish_seconds: float = 5.0
    check_seconds: float = 5.0
    close_seconds: float = 30.0
    handler_seconds: float = 300.0
    hold_seconds: float = 30.0
    redelivery_seconds: float = 1.0
    longest_redelivery_seconds: float = 30.0
    max_deliveries: int = 20
    concurrency: int = 1
    poll_seconds: float = 1.0
    retention_seconds: float = 7 * 86_400.0
    deduplication_seconds: float = 600.0
    stream: str = "colonnade"
    subjects: tuple[str, ...] = ("org.colonnade.>",)
    replicas: int = 1
    exchange: str = "colonnade"
    queue_length: int = 10_000
    tls_ca_file: Path | None = None
