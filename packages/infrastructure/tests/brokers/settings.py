"""Settings of brokers that are in a hurry."""

from colonnade.infrastructure.brokers import BrokerSettings

SETTINGS = BrokerSettings(
    connect_seconds=3,
    longest_reconnect_seconds=0.2,
    publish_seconds=2,
    check_seconds=0.2,
    close_seconds=1,
    hold_seconds=1,
    redelivery_seconds=0.05,
    longest_redelivery_seconds=0.1,
    max_deliveries=3,
    poll_seconds=0.1,
)
