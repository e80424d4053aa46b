"""Every reader of the log opens what is sealed in it: replays of aggregates as well."""

from dataclasses import dataclass
from typing import ClassVar

from colonnade.application.subscriptions import Subscriptions
from colonnade.core.event_sourcing import EventSourced, applies
from colonnade.infrastructure.database.event_log import START
from colonnade.infrastructure.event_sourcing import AggregateStream, EventSourcedRepository
from colonnade.infrastructure.subscriptions.reader import LogReader, load_events

from .registry import TYPES, CitizenId, CitizenRegistered, CitizenRenamed, Registry


@dataclass(eq=False, kw_only=True)
class History(EventSourced[CitizenId]):
    """Somebody's names."""

    stream_kind: ClassVar[str] = "citizen"
    names: tuple[str, ...] = ()

    @applies(CitizenRegistered)
    def _registered(self, event: CitizenRegistered) -> None:
        self.names = (event.name,)

    @applies(CitizenRenamed)
    def _renamed(self, event: CitizenRenamed) -> None:
        self.names = (*self.names, event.name)


HISTORIES = AggregateStream(History, missing="there is nobody")


async def names(registry: Registry, citizen_id: CitizenId) -> tuple[str, ...]:
    """Return somebody's names, replayed."""
    work = registry.unit_of_work()
    repository = EventSourcedRepository[History, CitizenId](work, HISTORIES, TYPES, protector=registry.protection)
    try:
        return (await repository.get(citizen_id)).names
    finally:
        await work.rollback()


async def test_an_aggregate_is_replayed_from_what_was_sealed(registry: Registry) -> None:
    """With the key as it was, without it as of an erased person."""
    ada = await registry.register()
    work = registry.unit_of_work()
    (await (await registry.citizens(work)).get(ada)).rename("Ada King")
    await work.commit()
    assert await names(registry, ada) == ("Ada Lovelace", "Ada King")
    await registry.keys.destroy(ada)
    assert await names(registry, ada) == ("Erased person", "Erased person")


async def test_a_subscription_hears_what_was_sealed(registry: Registry) -> None:
    """And of an erased person, that there was one."""
    ada, subscriptions = await registry.register(), Subscriptions()

    @subscriptions.durable("registry.greeting", CitizenRegistered)
    async def greet(event: CitizenRegistered) -> None:
        """Nothing is done here."""

    async def heard() -> list[str]:
        (subscription,) = subscriptions
        batch = await LogReader(registry.database, subscription).read(START, 0, 1)
        events = await load_events(batch.events, TYPES, registry.protection)
        return [recorded.event.name for recorded in events]  # type: ignore[attr-defined]  # all are of that class

    assert await heard() == ["Ada Lovelace"]
    await registry.keys.destroy(ada)
    assert await heard() == ["Erased person"]
