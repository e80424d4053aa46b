"""A coffee tab: a service of another team, with all that happens after the commit, and without a word about tasks."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal, NewType, Protocol, Self
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Column, Integer, Table, Text, Uuid, bindparam, delete, insert, select, update

from colonnade.application.jobs import Scheduler, Schedules
from colonnade.application.messaging import INTERNAL, PUBLIC, Bus, Command, Context, Errand, Handlers, Query
from colonnade.application.processes import EVENTS as PROCESS_EVENTS
from colonnade.application.processes import Process, ProcessEngine, ProcessId, Step
from colonnade.application.publishing import Broker, Publications, PublishedEvent, Publisher, PublishingSettings
from colonnade.application.subscriptions import Generation, Subscriptions
from colonnade.core import Clock, Conflict, CursorCodec, DomainEvent, EventTypes, RecordedEvent, Repository, new_id
from colonnade.core.event_sourcing import EventSourced, applies
from colonnade.infrastructure.composition import TABLES, ServiceResolver, running_service
from colonnade.infrastructure.database import ConstraintErrors, Database, DatabaseSettings, SqlUnitOfWork
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.event_sourcing import AggregateStream, EventSourcedRepository, SnapshotPolicy, snapshots
from colonnade.infrastructure.operations import HANDLERS as OPERATIONS
from colonnade.infrastructure.subscriptions import active_generation

# domain

TabId = NewType("TabId", UUID)


Drink = Literal["espresso", "cappuccino"]
CENTS: dict[Drink, int] = {"espresso": 180, "cappuccino": 290}


class TabOpened(DomainEvent, type="coffee.tab_opened"):
    """Somebody drinks on credit from now on."""

    tab_id: TabId
    debtor: str


class CoffeeOrdered(DomainEvent, type="coffee.coffee_ordered"):
    """A drink was put on the tab, at the price of the day."""

    tab_id: TabId
    drink: Drink
    cents: int


class TabSettled(DomainEvent, type="coffee.tab_settled"):
    """Nothing is owed any more."""

    tab_id: TabId
    cents: int


class SettlementUndone(DomainEvent, type="coffee.settlement_undone"):
    """It is owed after all."""

    tab_id: TabId
    cents: int


class NothingToPay(Conflict):
    """Nothing is owed."""

    code = "coffee.nothing_to_pay"


@dataclass(eq=False, kw_only=True)
class Tab(EventSourced[TabId]):
    """What somebody has drunk and not paid."""

    stream_kind: ClassVar[str] = "tab"

    debtor: str = ""
    cents: int = 0

    @classmethod
    def open(cls, debtor: str) -> Self:
        """Begin a tab."""
        tab = cls.blank(new_id(TabId))
        tab.record(TabOpened(tab_id=tab.id, debtor=debtor))
        return tab

    def order(self, drink: Drink) -> None:
        """Put a drink on it."""
        self.record(CoffeeOrdered(tab_id=self.id, drink=drink, cents=CENTS[drink]))

    def settle(self) -> int:
        """Owe nothing any more, and return what was owed."""
        if not (owed := self.cents):
            raise NothingToPay("nothing is owed on this tab")
        self.record(TabSettled(tab_id=self.id, cents=owed))
        return owed

    def undo_settlement(self, cents: int) -> None:
        """Owe again what could not be paid."""
        self.record(SettlementUndone(tab_id=self.id, cents=cents))

    @applies(TabOpened)
    def _opened(self, event: TabOpened) -> None:
        self.debtor = event.debtor

    @applies(CoffeeOrdered)
    def _ordered(self, event: CoffeeOrdered) -> None:
        self.cents += event.cents

    @applies(TabSettled)
    def _settled(self, event: TabSettled) -> None:
        self.cents -= event.cents

    @applies(SettlementUndone)
    def _owed_again(self, event: SettlementUndone) -> None:
        self.cents += event.cents


class Tabs(Repository[Tab, TabId], Protocol):
    """All tabs."""


# application

handlers = Handlers()


class OpenTab(Command[TabId], name="coffee.open_tab", requires=PUBLIC):
    """Begin a tab."""

    debtor: str


class OrderCoffee(Command[int], name="coffee.order", requires=PUBLIC):
    """Put a drink on a tab, and answer with what is owed, in cents."""

    tab_id: TabId
    drink: Drink


@handlers.handles(OpenTab)
async def open_tab(command: OpenTab, tabs: Tabs) -> TabId:
    tab = Tab.open(command.debtor)
    await tabs.add(tab)
    return tab.id


@handlers.handles(OrderCoffee)
async def order_coffee(command: OrderCoffee, tabs: Tabs) -> int:
    tab = await tabs.get(command.tab_id)
    tab.order(command.drink)
    return tab.cents


# application: paying, in which somebody else has a say


class Cards(Protocol):
    """The company behind the cards."""

    async def charge(self, debtor: str, cents: int, key: str) -> None:
        """Take money, once for each key."""


class PayTab(Command[ProcessId], name="coffee.pay", requires=PUBLIC):
    """Pay a tab by card."""

    tab_id: TabId


class SettleTab(Command[int], name="coffee.settle", requires=INTERNAL):
    """Let nothing be owed any more, and answer with what was."""

    tab_id: TabId


class UndoSettlement(Command[None], name="coffee.undo_settlement", requires=INTERNAL):
    """Let it be owed again."""

    tab_id: TabId
    cents: int


class ChargeCard(Errand[None], name="coffee.charge", requires=INTERNAL):
    """Take the money."""

    debtor: str
    cents: int


class Payment(BaseModel):
    """What the process knows."""

    tab_id: TabId
    debtor: str
    cents: int = 0


PAYING = Process(
    "coffee.paying",
    "the payment of a tab",
    Payment,
    [
        Step(
            "settle",
            send=lambda payment: SettleTab(tab_id=payment.tab_id),
            keep=lambda payment, cents: payment.model_copy(update={"cents": cents}),
            undo=lambda payment: UndoSettlement(tab_id=payment.tab_id, cents=payment.cents),
        ),
        Step("charge", send=lambda payment: ChargeCard(debtor=payment.debtor, cents=payment.cents)),
    ],
)


@handlers.handles(PayTab)
async def pay_tab(command: PayTab, tabs: Tabs, engine: ProcessEngine) -> ProcessId:
    """Begin; the steps are jobs."""
    tab = await tabs.get(command.tab_id)
    return (await engine.start(PAYING, str(tab.id), Payment(tab_id=tab.id, debtor=tab.debtor))).id


@handlers.handles(SettleTab)
async def settle_tab(command: SettleTab, tabs: Tabs) -> int:
    return (await tabs.get(command.tab_id)).settle()


@handlers.handles(UndoSettlement)
async def undo_settlement(command: UndoSettlement, tabs: Tabs) -> None:
    (await tabs.get(command.tab_id)).undo_settlement(command.cents)


@handlers.handles(ChargeCard)
async def charge_card(errand: ChargeCard, cards: Cards, context: Context) -> None:
    """Ask for it. What caused this is the job, which is the same however often it is tried."""
    await cards.charge(errand.debtor, errand.cents, key=str(context.causation_id))


# application: what else follows

PATIENCE = timedelta(days=7)
subscriptions, schedules, publications = Subscriptions(), Schedules(), Publications()


class Post(Protocol):
    """Takes messages to people."""

    async def send(self, to: str, text: str) -> None:
        """Send one."""


class RemindDebtor(Errand[None], name="coffee.remind", requires=INTERNAL):
    """Remind somebody of a tab."""

    debtor: str


class RemindEverybody(Command[None], name="coffee.remind_everybody", requires=INTERNAL):
    """Remind all who owe something."""


schedules.cron("coffee.monthly", "0 8 1 * *", RemindEverybody, timezone="Europe/Vienna")


@handlers.handles(RemindDebtor)
async def remind_debtor(errand: RemindDebtor, post: Post) -> None:
    await post.send(errand.debtor, "You still owe us for coffee.")


@subscriptions.durable("coffee.reminders", CoffeeOrdered, SettlementUndone, TabSettled)
async def plan_reminder(
    event: CoffeeOrdered | SettlementUndone | TabSettled, tabs: Tabs, scheduler: Scheduler, clock: Clock
) -> None:
    """Remind whoever has not paid a week after the first drink: while that job waits, no second one is added."""
    unique = f"coffee.remind {event.tab_id}"
    if isinstance(event, TabSettled):
        scheduler.cancel(unique)
    else:
        tab = await tabs.get(event.tab_id)
        scheduler.send_later(RemindDebtor(debtor=tab.debtor), at=clock.now() + PATIENCE, unique=unique)


class CoffeeOrderedV1(PublishedEvent, type="coffee.coffee_ordered", version=1):
    """Somebody wants coffee: what the service behind the bar may rely on."""

    drink: str


@publications.publishes(CoffeeOrdered)
def coffee_ordered(event: CoffeeOrdered, recorded: RecordedEvent) -> CoffeeOrderedV1:
    """Say what to make, and not what it costs."""
    return CoffeeOrderedV1(drink=event.drink)


PUBLISHER = Publisher([publications], PublishingSettings(source="/coffee", type_prefix="org.example"))


@subscriptions.durable("coffee.publishing", *PUBLISHER.kinds, outside=True)
async def publish(event: DomainEvent, recorded: RecordedEvent, broker: Broker) -> None:
    """Hand it to the broker, which may get it twice, under one identity."""
    for envelope in PUBLISHER.envelopes(recorded):
        await broker.publish(envelope.type, envelope)


# infrastructure

EVENT_TYPES = EventTypes([*Tab.events(), *PROCESS_EVENTS])
TABS = AggregateStream(
    Tab,
    missing="there is no such tab",
    snapshots=SnapshotPolicy(
        every=50,
        to_snapshot=lambda tab: {"debtor": tab.debtor, "cents": tab.cents},
        from_snapshot=lambda tab_id, data: Tab(id=TabId(tab_id), **data),
    ),
)


def tabs_of(unit_of_work: SqlUnitOfWork) -> Tabs:
    """Return the tabs in a unit of work."""
    return EventSourcedRepository[Tab, TabId](unit_of_work, TABS, EVENT_TYPES)


class ReadBalances(Query[dict[str, int]], name="coffee.balances", requires=PUBLIC):
    """Read who owes how much, in cents."""


balances = Table(
    "coffee_balances",
    metadata,
    Column("generation", Integer, primary_key=True),
    Column("tab_id", Uuid, primary_key=True),
    Column("debtor", Text, nullable=False),
    Column("cents", Integer, nullable=False),
)
MINE = balances.c.generation == bindparam("of_generation")
CHANGE = update(balances).where(MINE, balances.c.tab_id == bindparam("of_tab"))
CHANGE = CHANGE.values(cents=balances.c.cents + bindparam("more"))
READ = select(balances).where(balances.c.generation == active_generation("coffee.balances"), balances.c.cents > 0)


async def forget_balances(generation: Generation, unit_of_work: SqlUnitOfWork) -> None:
    """Delete an edition that nobody reads any more."""
    unit_of_work.at_commit(delete(balances).where(MINE), {"of_generation": generation})


@subscriptions.projection("coffee.balances", *Tab.events(), forget=forget_balances)
async def keep_balances(batch: Sequence[RecordedEvent], generation: Generation, unit_of_work: SqlUnitOfWork) -> None:
    """Write an edition; its checkpoint moves in the same transaction."""
    for recorded in batch:
        match recorded.event:
            case TabOpened(tab_id=tab_id, debtor=debtor):
                row = {"generation": generation, "tab_id": tab_id, "debtor": debtor, "cents": 0}
                unit_of_work.at_commit(insert(balances), row)
            case CoffeeOrdered(tab_id=tab_id, cents=cents) | SettlementUndone(tab_id=tab_id, cents=cents):
                unit_of_work.at_commit(CHANGE, {"of_generation": generation, "of_tab": tab_id, "more": cents})
            case TabSettled(tab_id=tab_id, cents=cents):
                unit_of_work.at_commit(CHANGE, {"of_generation": generation, "of_tab": tab_id, "more": -cents})


@handlers.handles(ReadBalances)
async def read_balances(query: ReadBalances, database: Database) -> dict[str, int]:
    return {row.debtor: row.cents for row in await database.fetch(READ)}


@handlers.handles(RemindEverybody)
async def remind_everybody(command: RemindEverybody, database: Database, scheduler: Scheduler) -> None:
    """Send each of them a reminder of their own, which succeeds or fails by itself."""
    for row in await database.fetch(READ):
        scheduler.send_later(RemindDebtor(debtor=row.debtor))


# composition


@asynccontextmanager
async def coffee_tab(
    url: str, cards: Cards, post: Post, broker: Broker, *, clock: Clock | None = None, poll_seconds: float = 1.0
) -> AsyncIterator[Bus]:
    """Run the service on a database, which gets its tables if it has none."""
    database = Database(DatabaseSettings(url))
    resolver = ServiceResolver(
        database,
        EVENT_TYPES,
        ConstraintErrors(metadata, {}),
        clock=clock,
        objects={Cards: cards, Post: post, Broker: broker, CursorCodec: CursorCodec(b"of this service")},
        factories={Tabs: tabs_of},
        subscriptions=[subscriptions],
        processes=[PAYING],
    )
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(metadata.create_all, (*TABLES, snapshots, balances))
        async with running_service(
            resolver, handlers=[handlers, *OPERATIONS], schedules=schedules, poll_seconds=poll_seconds
        ) as bus:
            yield bus
    finally:
        await database.dispose()
