"""The coffee tab of the tutorial does what the tutorial says, with its worker running."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from colonnade.application.messaging import Bus
from colonnade.application.operations import (
    GetProcess,
    JobState,
    ListJobs,
    ListSubscriptions,
    ProcessDetail,
    RebuildProjection,
)
from colonnade.application.processes import ProcessId, Status
from colonnade.application.publishing import CloudEventEnvelope, ParkedMessage
from colonnade.core import ColonnadeError, Unavailable
from colonnade.infrastructure.brokers import BrokerSettings, InProcessBroker
from colonnade.infrastructure.database import ConstraintErrors, Database, DatabaseSettings, SqlUnitOfWork
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.event_sourcing import EventSourcedRepository
from colonnade.testing import FrozenClock

from .coffee_tab import (
    EVENT_TYPES,
    PATIENCE,
    TABS,
    CoffeeOrderedV1,
    Drink,
    NothingToPay,
    OpenTab,
    OrderCoffee,
    PayTab,
    ReadBalances,
    Tab,
    TabId,
    balances,
    coffee_tab,
)

DEADLINE_SECONDS = 20
TICK_SECONDS = 0.01


class CardDeclined(ColonnadeError):
    """There is no money; asking again will not help."""

    code = "cards.declined"


class Outside:
    """The world: cards, post and the broker's dead letters, as a test wants them to be."""

    def __init__(self) -> None:
        self.charges: dict[str, int] = {}
        self.faults: list[ColonnadeError] = []
        self.letters = asyncio.Queue[str]()

    async def charge(self, debtor: str, cents: int, key: str) -> None:
        """Take money, or fail as often as there are faults."""
        if self.faults:
            raise self.faults.pop()
        self.charges[key] = cents

    async def send(self, to: str, text: str) -> None:
        """Deliver a letter."""
        await self.letters.put(to)

    async def park(self, message: ParkedMessage) -> None:
        """Nobody here fails to read."""
        raise AssertionError(message.error)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands still until a test moves it; it is Monday morning."""
    return FrozenClock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database file that is not there yet."""
    return f"sqlite:///{tmp_path / 'coffee.db'}"


@pytest.fixture
def outside() -> Outside:
    """The world."""
    return Outside()


@pytest.fixture
async def broker(outside: Outside) -> AsyncIterator[InProcessBroker]:
    """A broker."""
    broker = InProcessBroker(BrokerSettings(), outside)
    await broker.start()
    yield broker
    await broker.close()


@pytest.fixture
async def bus(url: str, outside: Outside, broker: InProcessBroker, clock: FrozenClock) -> AsyncIterator[Bus]:
    """The running service."""
    async with coffee_tab(url, outside, outside, broker, clock=clock, poll_seconds=0.02) as bus:
        yield bus


async def until(reached: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what must happen soon."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await reached():  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(TICK_SECONDS)


async def until_scheduled(bus: Bus, name: str, count: int) -> list[datetime]:
    """Wait until so many jobs of a kind wait for their time, and return when it will come."""

    async def due() -> list[datetime]:
        return [job.due_at for job in (await bus.send(ListJobs(name=name, state=JobState.SCHEDULED))).items]

    async def scheduled() -> bool:
        return len(await due()) == count

    await until(scheduled)
    return await due()


async def until_owed(bus: Bus, **cents: int) -> None:
    """Wait until the projection says that so much is owed."""

    async def owed() -> bool:
        return await bus.send(ReadBalances()) == cents

    await until(owed)


async def until_ended(bus: Bus, process_id: ProcessId) -> ProcessDetail:
    """Wait until a process is over, and return how it went."""

    async def ended() -> bool:
        return (await bus.send(GetProcess(process_id=process_id))).ended_at is not None

    await until(ended)
    return await bus.send(GetProcess(process_id=process_id))


async def tab_with(bus: Bus, debtor: str, *drinks: Drink) -> TabId:
    """Open a tab and put drinks on it."""
    tab_id = await bus.send(OpenTab(debtor=debtor))
    for drink in drinks:
        await bus.send(OrderCoffee(tab_id=tab_id, drink=drink))
    return tab_id


async def test_who_orders_is_reminded_after_a_week(bus: Bus, outside: Outside, clock: FrozenClock) -> None:
    """Once, however many drinks there were."""
    await tab_with(bus, "ada", "espresso", "cappuccino")
    assert await until_scheduled(bus, "coffee.remind", 1) == [clock.now() + PATIENCE]

    clock.advance(days=7)

    async with asyncio.timeout(DEADLINE_SECONDS):
        assert await outside.letters.get() == "ada"
    await until_scheduled(bus, "coffee.remind", 0)
    assert outside.letters.empty()


async def test_who_pays_is_not_reminded(bus: Bus, outside: Outside, clock: FrozenClock) -> None:
    """The card is charged once, although the company does not answer at first."""
    tab_id = await tab_with(bus, "ada", "espresso", "cappuccino")
    await until_owed(bus, ada=470)
    outside.faults.append(Unavailable("nobody answers"))

    process_id = await bus.send(PayTab(tab_id=tab_id))
    await until_scheduled(bus, "coffee.charge", 1)
    clock.advance(seconds=10)
    process = await until_ended(bus, process_id)

    assert (process.status, list(outside.charges.values())) == (Status.COMPLETED, [470])
    await until_scheduled(bus, "coffee.remind", 0)


async def test_a_payment_that_fails_is_undone(bus: Bus, outside: Outside, clock: FrozenClock) -> None:
    """What was settled is owed again, there is a reminder again, and the history says why."""
    tab_id = await tab_with(bus, "ada", "espresso")
    await until_owed(bus, ada=180)
    outside.faults.append(CardDeclined("no money"))

    process = await until_ended(bus, await bus.send(PayTab(tab_id=tab_id)))

    assert (process.status, process.error) == (Status.UNDONE, "charge: no money")
    assert outside.charges == {}
    await until_owed(bus, ada=180)
    await until_scheduled(bus, "coffee.remind", 1)
    assert await bus.send(OrderCoffee(tab_id=tab_id, drink="cappuccino")) == 470


async def test_nothing_is_charged_where_nothing_is_owed(bus: Bus, outside: Outside) -> None:
    """The first step fails for good, and there is nothing to undo."""
    process = await until_ended(bus, await bus.send(PayTab(tab_id=await tab_with(bus, "ada"))))

    assert (process.status, process.error) == (Status.UNDONE, "settle: nothing is owed on this tab")
    assert outside.charges == {}


async def test_balances_are_rebuilt_while_orders_go_on(bus: Bus, url: str) -> None:
    """A projection that is wrong is made anew from the log, and nothing that happens meanwhile is missing."""
    tab_id = await tab_with(bus, "ada", *["espresso"] * 10)
    await until_owed(bus, ada=1800)
    database = Database(DatabaseSettings(url))
    await database.write(update(balances).values(cents=1))

    async def order() -> None:
        for _ in range(20):
            await bus.send(OrderCoffee(tab_id=tab_id, drink="espresso"))

    async def rebuilt() -> bool:
        mine = [one for one in (await bus.send(ListSubscriptions())).items if one.name == "coffee.balances"]
        return [(one.generation, one.state) for one in mine] == [(2, "active")]

    orders = asyncio.create_task(order())
    assert await bus.send(RebuildProjection(name="coffee.balances")) == 2
    await until(rebuilt)
    await orders

    await until_owed(bus, ada=5400)
    assert {row.generation for row in await database.fetch(select(balances))} == {2}
    await database.dispose()


async def test_who_owes_on_the_first_of_a_month_is_reminded(bus: Bus, outside: Outside, clock: FrozenClock) -> None:
    """At eight in the morning, where the coffee is."""
    await tab_with(bus, "ada", "espresso")
    await tab_with(bus, "charles")
    await until_owed(bus, ada=180)
    await until_scheduled(bus, "coffee.remind", 1)
    clock.move_to(datetime(2026, 2, 1, 7, tzinfo=UTC))

    async with asyncio.timeout(DEADLINE_SECONDS):
        assert [await outside.letters.get(), await outside.letters.get()] == ["ada", "ada"]
    assert outside.letters.empty()


async def test_other_services_hear_of_orders(bus: Bus, broker: InProcessBroker) -> None:
    """In the words that were agreed on, and no others."""
    heard = asyncio.Queue[CloudEventEnvelope]()
    await broker.subscribe("org.example.coffee.coffee_ordered.v1", "bar", heard.put)

    await tab_with(bus, "ada", "cappuccino")

    async with asyncio.timeout(DEADLINE_SECONDS):
        envelope = await heard.get()
    assert envelope.data == {"drink": "cappuccino"}
    assert CoffeeOrderedV1.read(envelope).drink == "cappuccino"


async def test_what_was_owed_can_be_asked_of_any_moment(bus: Bus, url: str, clock: FrozenClock) -> None:
    """The events are all there is, so no past state is gone."""
    tab_id = await tab_with(bus, "ada", "espresso")
    monday = clock.now()
    clock.advance(days=1)
    await bus.send(OrderCoffee(tab_id=tab_id, drink="cappuccino"))

    database = Database(DatabaseSettings(url))
    work = SqlUnitOfWork(database, clock=clock, constraints=ConstraintErrors(metadata, {}))
    tabs = EventSourcedRepository[Tab, TabId](work, TABS, EVENT_TYPES)
    assert (await tabs.as_of(tab_id, moment=monday)).cents == 180
    assert (await tabs.get(tab_id)).cents == 470
    await work.rollback()
    await database.dispose()


def test_the_rules_need_no_database() -> None:
    """Nor does the past."""
    tab = Tab.open("ada")
    with pytest.raises(NothingToPay):
        tab.settle()
    tab.order("espresso")
    tab.settle()

    assert Tab.replayed(tab.id, tab.recorded_events[:2]).cents == 180
    assert Tab.replayed(tab.id, tab.recorded_events).cents == 0
