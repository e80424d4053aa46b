"""Every broker passes the suite: the one in the process, NATS and Valkey for real."""

from collections.abc import AsyncIterator

import nats
import pytest
from redis.asyncio import Redis

from colonnade.infrastructure.brokers import Broker, create_broker
from colonnade.infrastructure.brokers.memory import InProcessBroker
from colonnade.testing.contracts.broker_subject import BrokerSubject, MemoryParking
from colonnade.testing.contracts.brokers import BrokerSuite

from .restartable import RestartableServer, running_nats, running_valkey
from .settings import SETTINGS


class Subject(BrokerSubject):
    """What all have in common."""

    max_deliveries = SETTINGS.max_deliveries
    hold_seconds = SETTINGS.hold_seconds

    def __init__(self) -> None:
        self.parking = MemoryParking()


class InProcess(Subject):
    """All members are in one process, and so is the broker."""

    keeps = False
    shared = False
    restartable = False

    def __init__(self) -> None:
        super().__init__()
        self.broker = InProcessBroker(SETTINGS, self.parking)

    def connect(self) -> Broker:
        return self.broker


class Served(Subject):
    """A broker with a server that can be stopped."""

    scheme: str

    def __init__(self, server: RestartableServer) -> None:
        super().__init__()
        self.server = server
        self.url = f"{self.scheme}://127.0.0.1:{server.port}"

    def connect(self) -> Broker:
        return create_broker(self.url, self.parking, SETTINGS)

    async def stop_server(self) -> None:
        await self.server.stop()

    async def start_server(self) -> None:
        await self.server.start()


class Nats(Served):
    """NATS with JetStream."""

    scheme = "nats"
    deduplicates = True

    async def send(self, topic: str, body: bytes) -> None:
        client = await nats.connect(self.url)
        await client.jetstream().publish(topic, body)
        await client.close()


class Valkey(Served):
    """Valkey that writes down every command."""

    scheme = "valkey"

    async def send(self, topic: str, body: bytes) -> None:
        async with Redis(port=self.server.port) as client:
            await client.xadd(topic, {"__data__": body})


class TestInProcessBroker(BrokerSuite):
    """The broker in the process."""

    @pytest.fixture
    async def subject(self) -> InProcess:
        return InProcess()


@pytest.mark.integration
class TestNats(BrokerSuite):
    """NATS JetStream."""

    @pytest.fixture
    async def subject(self) -> AsyncIterator[Nats]:
        async with running_nats() as server:
            yield Nats(server)


@pytest.mark.integration
class TestValkey(BrokerSuite):
    """Redis Streams, on Valkey."""

    @pytest.fixture
    async def subject(self) -> AsyncIterator[Valkey]:
        async with running_valkey() as server:
            yield Valkey(server)
