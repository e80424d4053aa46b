"""A member that handles several messages at a time."""

import asyncio

import pytest

from colonnade.application.publishing import CloudEventEnvelope
from colonnade.infrastructure.brokers import create_broker
from colonnade.testing.contracts.broker_subject import DEADLINE_SECONDS, MemoryParking, happened

from .restartable import running_nats, running_valkey
from .settings import SETTINGS

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(("running", "scheme"), [(running_nats, "nats"), (running_valkey, "valkey")])
async def test_handlers_run_side_by_side_when_asked(running, scheme: str) -> None:
    """As many as the settings say, each with a message of its own."""
    async with running() as server:
        settings = SETTINGS._replace(concurrency=3)
        broker = create_broker(f"{scheme}://127.0.0.1:{server.port}", MemoryParking(), settings)
        together, met = asyncio.Barrier(3), asyncio.Event()

        async def meets(event: CloudEventEnvelope) -> None:
            await together.wait()
            met.set()

        await broker.start()
        for number in range(3):
            await broker.publish("org.colonnade.topic", happened(number))
        await broker.subscribe("org.colonnade.topic", "readers", meets)
        async with asyncio.timeout(DEADLINE_SECONDS):
            await met.wait()
        await broker.close()
