"""The suite that every message broker passes."""
# ruff: noqa: S101 - suites assert

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest

from colonnade.application.publishing import Broker, CloudEventEnvelope
from colonnade.core import Invalid, Unavailable
from colonnade.testing.contracts.broker_subject import (
    DEADLINE_SECONDS,
    TICK_SECONDS,
    BrokerSubject,
    Deliveries,
    MemoryInbox,
    happened,
    number_of,
    published,
)

Connect = Callable[[], Awaitable[Broker]]


class BrokerSuite:
    """Subclass it as `Test…` and give it a fixture `subject`."""

    @pytest.fixture
    def subject(self) -> BrokerSubject:
        """Say what the suite runs against."""
        raise NotImplementedError("override the fixture 'subject'")

    @pytest.fixture
    def topic(self) -> str:
        """A topic that nothing was published to yet."""
        return f"org.colonnade.suite.{uuid4().hex}"

    @pytest.fixture
    async def connect(self, subject: BrokerSubject) -> AsyncIterator[Connect]:
        """Give started brokers, each as another process would have it; all are closed in the end."""
        started: list[Broker] = []

        async def start() -> Broker:
            broker = subject.connect()
            started.append(broker)
            await broker.start()
            return broker

        yield start
        await asyncio.gather(*(broker.close() for broker in started))

    async def test_what_is_published_is_delivered_as_it_was(self, connect: Connect, topic: str) -> None:
        """Attributes, extensions and payload survive the way."""
        broker, came = await connect(), asyncio.Queue[CloudEventEnvelope]()
        await broker.subscribe(topic, "readers", came.put)
        sent = happened(1).model_copy(update={"data": {"number": 1, "text": "é \u2028 \U0001f600", "none": None}})
        await broker.publish(topic, sent)
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await came.get() == sent

    async def test_every_group_gets_every_event_and_one_of_its_members_does(self, connect: Connect, topic: str) -> None:
        """Groups are independent; members share the work."""
        groups = {"first": Deliveries(), "second": Deliveries()}
        for group, deliveries in groups.items():
            for _ in range(2):
                await (await connect()).subscribe(topic, group, deliveries)
        broker = await connect()
        for number in range(10):
            await broker.publish(topic, happened(number, key=f"thing-{number}"))
        for deliveries in groups.values():
            await deliveries.until(lambda numbers=deliveries.numbers: set(numbers) == set(range(10)))  # type: ignore[misc]  # its type is clear
            assert Counter(deliveries.numbers).most_common(1)[0][1] == 1

    async def test_topics_are_apart(self, connect: Connect, topic: str) -> None:
        """A group gets what it asked for, under the same name on another topic too."""
        broker, here, there = await connect(), Deliveries(), Deliveries()
        await broker.subscribe(topic, "readers", here)
        await broker.subscribe(f"{topic}.more", "readers", there)
        await broker.publish(f"{topic}.more", happened(2))
        await broker.publish(topic, happened(1))
        await here.until(lambda: bool(here.numbers))
        await there.until(lambda: bool(there.numbers))
        assert (here.numbers, there.numbers) == ([1], [2])

    async def test_events_of_one_key_come_in_order(self, connect: Connect, topic: str) -> None:
        """One member, nothing that fails: as they were published."""
        broker, deliveries = await connect(), Deliveries()
        await broker.subscribe(topic, "readers", deliveries)
        sent = [(f"thing-{number % 3}", number) for number in range(30)]
        for key, number in sent:
            await broker.publish(topic, happened(number, key))
        await deliveries.until(lambda: len(deliveries.numbers) == len(sent))
        for key in {key for key, _ in sent}:
            assert [one for one in deliveries.keys if one[0] == key] == [one for one in sent if one[0] == key]

    async def test_what_fails_is_delivered_again(self, connect: Connect, topic: str) -> None:
        """And then it is done with."""
        broker, deliveries = await connect(), Deliveries(failures={1: 1})
        await broker.subscribe(topic, "readers", deliveries)
        for number in (1, 2):
            await broker.publish(topic, happened(number))
        await deliveries.until(lambda: sorted(deliveries.numbers) == [1, 1, 2])

    async def test_what_always_fails_is_parked(self, subject: BrokerSubject, connect: Connect, topic: str) -> None:
        """After so many deliveries, with what is needed to look into it; the rest goes on."""
        broker, deliveries = await connect(), Deliveries(failures={1: 1_000})
        await broker.subscribe(topic, "readers", deliveries)
        poison = happened(1)
        await broker.publish(topic, poison)
        await broker.publish(topic, happened(2))
        await subject.parking.until(lambda: bool(subject.parking.parked))
        [parked] = subject.parking.parked
        assert (parked.topic, parked.group, parked.event_id) == (topic, "readers", poison.identity)
        assert parked.deliveries == deliveries.numbers.count(1) == subject.max_deliveries
        assert parked.error == "RuntimeError: not today"
        assert poison.id.encode() in parked.body
        await deliveries.until(lambda: 2 in deliveries.numbers)  # noqa: PLR2004 - the second event

    async def test_what_cannot_be_read_is_parked_at_once(
        self, subject: BrokerSubject, connect: Connect, topic: str
    ) -> None:
        """Trying again would not make an event of it; and nobody waits behind it."""
        subject.require(subject.shared, "only events get in")
        broker, deliveries = await connect(), Deliveries()
        await broker.subscribe(topic, "readers", deliveries)
        for body in (b"\xff\x00 not an event", b'{"specversion": "1.0", "id": 5}', b""):
            await subject.send(topic, body)
        await broker.publish(topic, happened(1))
        await subject.parking.until(lambda: len(subject.parking.parked) == 3)  # noqa: PLR2004 - as many as were sent
        assert {(parked.event_id, parked.deliveries) for parked in subject.parking.parked} == {(None, 1)}
        await deliveries.until(lambda: deliveries.numbers == [1])

    async def test_what_a_handler_cannot_read_is_parked_at_once(
        self, subject: BrokerSubject, connect: Connect, topic: str
    ) -> None:
        """An event whose payload breaks its schema will not fit it later either."""
        broker, deliveries = await connect(), Deliveries(failures={1: 1_000}, error=Invalid("no such field"))
        await broker.subscribe(topic, "readers", deliveries)
        await broker.publish(topic, happened(1))
        await subject.parking.until(lambda: bool(subject.parking.parked))
        assert deliveries.numbers == [1]

    async def test_an_event_that_is_published_twice_has_its_effect_once(
        self, subject: BrokerSubject, connect: Connect, topic: str
    ) -> None:
        """Either the broker drops the second, or the inbox does."""
        broker, inbox, deliveries, effects = await connect(), MemoryInbox(), Deliveries(), []

        async def effect(event: CloudEventEnvelope) -> None:
            if await inbox.first_time("readers", event.identity):
                effects.append(number_of(event))
            await deliveries(event)

        await broker.subscribe(topic, "readers", effect)
        twice = happened(1)
        for event in (twice, twice, happened(2)):
            await broker.publish(topic, event)
        await deliveries.until(lambda: 2 in deliveries.numbers)  # noqa: PLR2004 - the last event
        assert effects == [1, 2]
        assert deliveries.numbers.count(1) == (1 if subject.deduplicates else 2)

    async def test_a_new_group_gets_what_was_published_before_if_it_is_kept(
        self, subject: BrokerSubject, connect: Connect, topic: str
    ) -> None:
        """From the beginning, or from now on."""
        broker, deliveries = await connect(), Deliveries()
        await broker.publish(topic, happened(1))
        await broker.subscribe(topic, "latecomers", deliveries)
        await broker.publish(topic, happened(2))
        await deliveries.until(lambda: 2 in deliveries.numbers)  # noqa: PLR2004 - the last event
        assert deliveries.numbers == ([1, 2] if subject.keeps else [2])

    async def test_a_group_goes_on_where_it_was(self, subject: BrokerSubject, connect: Connect, topic: str) -> None:
        """While none of its members is there, events wait for it."""
        subject.require(subject.keeps, "nothing is kept")
        before, after = Deliveries(), Deliveries()
        first = await connect()
        await first.subscribe(topic, "readers", before)
        await first.publish(topic, happened(1))
        await before.until(lambda: before.numbers == [1])
        await first.close()
        second = await connect()
        await second.publish(topic, happened(2))
        await second.subscribe(topic, "readers", after)
        await after.until(lambda: bool(after.numbers))
        assert after.numbers == [2]

    async def test_closing_lets_handlers_finish(self, connect: Connect, topic: str) -> None:
        """What they did is not done again by another."""
        broker, running, release = await connect(), asyncio.Event(), asyncio.Event()
        finished = []

        async def slow(event: CloudEventEnvelope) -> None:
            running.set()
            await release.wait()
            finished.append(number_of(event))

        await broker.subscribe(topic, "readers", slow)
        await broker.publish(topic, happened(1))
        async with asyncio.timeout(DEADLINE_SECONDS):
            await running.wait()
            closing = asyncio.create_task(broker.close())
            asyncio.get_running_loop().call_later(TICK_SECONDS, release.set)
            await closing
        assert finished == [1]

    async def test_what_a_member_did_not_finish_goes_to_another(
        self, subject: BrokerSubject, connect: Connect, topic: str
    ) -> None:
        """A member that ends in the middle of an event has not handled it."""
        subject.require(subject.keeps, "nothing is kept")
        dying, running, deliveries = await connect(), asyncio.Event(), Deliveries()

        async def never_ends(event: CloudEventEnvelope) -> None:
            running.set()
            await asyncio.Event().wait()

        await dying.subscribe(topic, "readers", never_ends)
        await dying.publish(topic, happened(1))
        async with asyncio.timeout(DEADLINE_SECONDS):
            await running.wait()
            await dying.close()
        await (await connect()).subscribe(topic, "readers", deliveries)
        await deliveries.until(lambda: deliveries.numbers == [1])

    async def test_a_slow_handler_keeps_its_event(self, subject: BrokerSubject, connect: Connect, topic: str) -> None:
        """However long it takes, no other member gets the event meanwhile."""
        calls: list[int] = []
        ended = Deliveries()

        async def slow(event: CloudEventEnvelope) -> None:
            calls.append(number_of(event))
            await asyncio.sleep(2.5 * subject.hold_seconds)  # the server's clock cannot be moved
            await ended(event)

        for _ in range(2):
            await (await connect()).subscribe(topic, "readers", slow)
        await (await connect()).publish(topic, happened(1))
        await ended.until(lambda: bool(ended.numbers))
        assert calls == [1]

    async def test_names_that_no_broker_could_have_are_refused(self, connect: Connect) -> None:
        """So that a service can move from one broker to any other."""
        broker, deliveries = await connect(), Deliveries()
        for topic, group in (("a b", "g"), ("a.*", "g"), ("a.>", "g"), ("", "g"), ("a..b", "g"), ("a", "g.h")):
            with pytest.raises(Invalid):
                await broker.subscribe(topic, group, deliveries)
        with pytest.raises(Invalid):
            await broker.publish("a b", happened(1))

    async def test_a_closed_broker_takes_nothing(self, connect: Connect, topic: str) -> None:
        """It says so at once."""
        broker = await connect()
        await broker.ping()
        await broker.close()
        with pytest.raises(Unavailable):
            await broker.publish(topic, happened(1))
        with pytest.raises(Unavailable):
            await broker.ping()

    async def test_while_the_server_is_down_publishing_says_so_and_then_all_goes_on(
        self, subject: BrokerSubject, connect: Connect, topic: str
    ) -> None:
        """Nobody waits without end, nobody has to be restarted, and what was taken is delivered."""
        subject.require(subject.restartable, "there is no server")
        broker, deliveries = await connect(), Deliveries()
        await broker.subscribe(topic, "readers", deliveries)
        await broker.publish(topic, happened(1))
        await deliveries.until(lambda: deliveries.numbers == [1])
        await subject.stop_server()
        async with asyncio.timeout(DEADLINE_SECONDS):
            for _ in range(3):
                with pytest.raises(Unavailable):
                    await broker.publish(topic, happened(2))
            with pytest.raises(Unavailable):
                await broker.ping()
        await subject.start_server()
        await published(broker, topic, happened(3))
        await deliveries.until(lambda: 3 in deliveries.numbers)  # noqa: PLR2004 - the last event

    async def test_a_service_starts_while_the_server_is_down(
        self, subject: BrokerSubject, connect: Connect, topic: str
    ) -> None:
        """It subscribes, is told that nothing can be published, and goes on when the server is there."""
        subject.require(subject.restartable, "there is no server")
        await subject.stop_server()
        deliveries = Deliveries()
        async with asyncio.timeout(DEADLINE_SECONDS):
            broker = await connect()
            await broker.subscribe(topic, "readers", deliveries)
            with pytest.raises(Unavailable):
                await broker.publish(topic, happened(1))
        await subject.start_server()
        await published(broker, topic, happened(2))
        await deliveries.until(lambda: deliveries.numbers == [2])
