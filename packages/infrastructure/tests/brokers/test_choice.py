"""A URL says which broker it is."""

import pytest

from colonnade.core import Invalid
from colonnade.infrastructure.brokers import InProcessBroker, create_broker
from colonnade.infrastructure.brokers.faststream import FastStreamBroker
from colonnade.testing.contracts.broker_subject import MemoryParking


def test_memory_is_the_broker_in_the_process() -> None:
    assert isinstance(create_broker("memory://", MemoryParking()), InProcessBroker)


@pytest.mark.parametrize(
    "url",
    [
        "nats://127.0.0.1:4222",
        "tls://one:4222,tls://two:4222",
        "redis://127.0.0.1:6379/0",
        "rediss://127.0.0.1:6379/0",
        "valkey://127.0.0.1:6379/0",
        "valkeys://127.0.0.1:6379/0",
        "amqp://guest:guest@127.0.0.1/",
        "amqps://guest:guest@127.0.0.1/",
        "kafka://one:9092,two:9092",
        "kafkas://ada:analytical@one:9093,two:9093?mechanism=SCRAM-SHA-512",
    ],
)
def test_all_others_are_one_class(url: str) -> None:
    """Nothing connects before the start."""
    assert isinstance(create_broker(url, MemoryParking()), FastStreamBroker)


@pytest.mark.parametrize("url", ["", "localhost", "mqtt://localhost", "http://localhost"])
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        create_broker(url, MemoryParking())
