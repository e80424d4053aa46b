"""A repository of streams passes the suites that repositories of rows pass, with snapshots and without."""

from typing import Any

import pytest

from colonnade.core import RecordedEvent, UserId, new_id
from colonnade.infrastructure.database import EventLog
from colonnade.infrastructure.event_sourcing import AggregateStream
from colonnade.testing.contracts import EventLogSuite, PersistenceSubject, RepositorySuite, UnitOfWorkSuite

from .jars import JARS, JARS_OF_OWNERS, JARS_WITH_SNAPSHOTS, Cellar, Jar


class Jars(PersistenceSubject[Jar]):
    """Jars, kept in one of the ways there are."""

    def __init__(self, cellar: Cellar, kind: AggregateStream[Jar]) -> None:
        self.cellar = cellar
        self.kind = kind
        self.one_writer_at_a_time = not cellar.database.is_postgresql
        self.changes = 0

    async def make(self) -> Jar:
        jar = Jar.buy(self.cellar.owner)
        jar.fill("fudge", 2)
        return jar

    def change(self, aggregate: Jar) -> None:
        self.changes += 1
        aggregate.fill("toffee", self.changes)
        aggregate.fill("fudge", 1)

    def tamper(self, aggregate: Jar) -> None:
        assert aggregate.sweets is not None
        aggregate.sweets["fudge"] = 0

    def open(self) -> Any:
        return self.cellar.open(self.kind, self.cellar.owner if self.kind.tenant else None)

    def open_as_stranger(self) -> Any:
        return self.cellar.open(self.kind, new_id(UserId)) if self.kind.tenant else None

    async def events(self) -> list[RecordedEvent]:
        return [event for _, event in await self.cellar.log.read(limit=100_000)]


class TestRepository(RepositorySuite):
    """Every way to keep them."""

    @pytest.fixture(params=[JARS, JARS_WITH_SNAPSHOTS, JARS_OF_OWNERS], ids=["streams", "snapshots", "tenants"])
    def subject(self, request: pytest.FixtureRequest, cellar: Cellar) -> Jars:
        return Jars(cellar, request.param)


class TestUnitOfWork(UnitOfWorkSuite):
    """The unit of work, with nothing but streams in it."""

    @pytest.fixture
    def subject(self, cellar: Cellar) -> Jars:
        return Jars(cellar, JARS_WITH_SNAPSHOTS)


class TestEventLog(EventLogSuite):
    """The log, which does not see a difference."""

    @pytest.fixture
    def subject(self, cellar: Cellar) -> Jars:
        return Jars(cellar, JARS_WITH_SNAPSHOTS)

    @pytest.fixture
    def log(self, cellar: Cellar) -> EventLog:
        return cellar.log
