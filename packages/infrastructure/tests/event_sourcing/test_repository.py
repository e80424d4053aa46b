"""What a repository of streams can do beyond the suite: the past, snapshots, and a closer look at changes."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from colonnade.core import DomainEvent, NotFound, PersonName, UserId, VersionConflict, new_id
from colonnade.core.event_sourcing import EventSourced, applies
from colonnade.core.personal import Personal
from colonnade.infrastructure.database.event_log import START, event_log
from colonnade.infrastructure.event_sourcing import AggregateStream, SnapshotPolicy, snapshots
from colonnade.testing.contracts.repository import state_of

from .jars import EVERY_THIRD, JARS, JARS_OF_OWNERS, JARS_WITH_SNAPSHOTS, Cellar, Jar, JarId

KINDS = pytest.mark.parametrize("kind", [JARS, JARS_WITH_SNAPSHOTS], ids=["streams", "snapshots"])
OTHER_SCHEMA = replace(JARS, snapshots=replace(EVERY_THIRD, schema_version=2))


async def full_jar(cellar: Cellar, kind: AggregateStream[Jar], *, fillings: int) -> Jar:
    """Store a jar, and fill it so many times."""
    jar = Jar.buy(cellar.owner)
    await cellar.store(jar, kind=kind)
    for number in range(fillings):
        await cellar.change(jar, lambda jar, number=number: jar.fill("fudge", number + 1), kind)
    return await cellar.load(jar, kind)


async def forget_events(cellar: Cellar, jar: Jar, last_version: int) -> None:
    """Take the first events of a stream away, so that only a snapshot can make up for them."""
    first = (event_log.c.stream == jar.stream) & (event_log.c.stream_version <= last_version)
    await cellar.database.write(delete(event_log).where(first))


@KINDS
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commits=st.lists(st.lists(st.tuples(st.sampled_from(["fudge", "toffee"]), st.integers(1, 9)), max_size=3)))
async def test_the_past_is_what_it_was(
    cellar: Cellar, kind: AggregateStream[Jar], commits: list[list[tuple[str, int]]]
) -> None:
    """By version, by position and by moment, whether or not a snapshot lies on the way."""
    jar = Jar.buy(cellar.owner)
    by_version = [state_of(jar)]
    await cellar.store(jar, kind=kind)
    moments = [(cellar.clock.now(), (await cellar.log.read(limit=100_000))[-1][0], by_version[0])]
    for commit in commits:
        cellar.clock.advance(minutes=1)
        work, jars = cellar.open(kind)
        changed = await jars.get(jar.id)
        for sweets, count in commit:
            changed.fill(sweets, count)
            by_version.append({**state_of(changed), "sweets": dict(changed.sweets or {})})
        await work.commit()
        moments.append((cellar.clock.now(), (await cellar.log.read(limit=100_000))[-1][0], by_version[-1]))

    work, jars = cellar.open(kind)
    for version, state in enumerate(by_version, 1):
        assert state_of(await jars.as_of(jar.id, version=version)) == state
    for moment, position, state in moments:
        assert state_of(await jars.as_of(jar.id, moment=moment)) == state
        assert state_of(await jars.as_of(jar.id, position=position)) == state
    assert state_of(await jars.get(jar.id)) == by_version[-1]
    await work.rollback()


@KINDS
async def test_what_was_not_there_yet_is_not_found(cellar: Cellar, kind: AggregateStream[Jar]) -> None:
    """Neither before its first event nor at a version that it has not come to."""
    before = cellar.clock.now()
    cellar.clock.advance(minutes=1)
    jar = await full_jar(cellar, kind, fillings=4)
    work, jars = cellar.open(kind)

    with pytest.raises(NotFound):
        await jars.as_of(jar.id, moment=before)
    with pytest.raises(NotFound):
        await jars.as_of(jar.id, position=START)
    with pytest.raises(NotFound):
        await jars.as_of(jar.id, version=0)
    with pytest.raises(NotFound):
        await jars.as_of(jar.id, version=jar.version + 1)
    with pytest.raises(NotFound):
        await jars.as_of(new_id(JarId), version=1)
    await work.rollback()


async def test_another_tenant_has_no_past_here_either(cellar: Cellar) -> None:
    """However it is asked for."""
    jar = Jar.buy(cellar.owner)
    await cellar.store(jar)
    work, jars = cellar.open(JARS_OF_OWNERS, new_id(UserId))

    with pytest.raises(NotFound):
        await jars.as_of(jar.id, version=1)
    await work.rollback()


async def test_a_time_is_said_in_exactly_one_way(cellar: Cellar) -> None:
    """Two might contradict each other, and none is the present."""
    work, jars = cellar.open()

    with pytest.raises(TypeError, match="say as of when"):
        await jars.as_of(new_id(JarId))
    with pytest.raises(TypeError, match="say as of when"):
        await jars.as_of(new_id(JarId), version=1, position=START)
    await work.rollback()


async def test_the_past_is_not_written(cellar: Cellar) -> None:
    """What is done to a former state stays without consequence, and the present one is another object."""
    jar = await full_jar(cellar, JARS, fillings=2)
    work, jars = cellar.open()

    former = await jars.as_of(jar.id, version=2)
    former.fill("fudge", 100)
    present = await jars.get(jar.id)
    await work.commit()

    assert present is not former
    assert state_of(await cellar.load(jar)) == state_of(jar)


async def test_a_long_stream_is_read_from_its_snapshot(cellar: Cellar) -> None:
    """The events before it are not looked at any more."""
    jar = await full_jar(cellar, JARS_WITH_SNAPSHOTS, fillings=4)
    await forget_events(cellar, jar, last_version=3)

    assert state_of(await cellar.load(jar, JARS_WITH_SNAPSHOTS)) == state_of(jar)


async def test_snapshots_are_taken_every_so_many_events(cellar: Cellar) -> None:
    """With the commit that completes the number, whatever it is part of; there is one for each stream."""
    jar = await full_jar(cellar, JARS_WITH_SNAPSHOTS, fillings=1)
    assert await cellar.database.fetch(select(snapshots)) == []

    def fill_often(jar: Jar) -> None:
        for _ in range(3):
            jar.fill("toffee", 1)

    await cellar.change(jar, fill_often, JARS_WITH_SNAPSHOTS)
    (first,) = await cellar.database.fetch(select(snapshots))
    await cellar.change(jar, lambda jar: jar.fill("fudge", 1), JARS_WITH_SNAPSHOTS)
    assert await cellar.database.fetch(select(snapshots)) == [first]
    await cellar.change(jar, fill_often, JARS_WITH_SNAPSHOTS)
    (second,) = await cellar.database.fetch(select(snapshots))

    assert (first.stream, first.stream_version, first.schema_version) == (jar.stream, 5, 1)
    assert (second.stream_version, second.data["sweets"]) == (9, {"fudge": 2, "toffee": 6})
    assert second.taken_at >= first.taken_at
    assert first.taken_at.tzinfo is not None


class BuyerNamed(DomainEvent, type="jars.buyer_named"):
    """Somebody has a name."""

    user_id: UserId
    name: Annotated[PersonName, Personal("user_id")]


@dataclass(eq=False, kw_only=True)
class Buyer(EventSourced[UserId]):
    """Somebody who buys jars."""

    stream_kind: ClassVar[str] = "buyer"

    name: str = ""

    @applies(BuyerNamed)
    def _named(self, event: BuyerNamed) -> None:
        self.name = event.name


def test_no_snapshot_keeps_what_a_destroyed_key_must_reach() -> None:
    """The events are sealed with a person's key; a snapshot would hold the same in the clear."""
    policy = SnapshotPolicy[Buyer](1, lambda buyer: {"name": buyer.name}, lambda id_, values: Buyer(id=UserId(id_)))
    AggregateStream[Buyer](Buyer, missing="there is nobody")
    with pytest.raises(TypeError, match="BuyerNamed has personal data"):
        AggregateStream[Buyer](Buyer, missing="there is nobody", snapshots=policy)


async def test_a_snapshot_of_another_schema_is_ignored_and_replaced(cellar: Cellar) -> None:
    """Whichever is the older one: processes of two versions run side by side for a while."""
    jar = await full_jar(cellar, JARS_WITH_SNAPSHOTS, fillings=3)
    assert state_of(await cellar.load(jar, OTHER_SCHEMA)) == state_of(jar)

    await cellar.change(jar, lambda jar: jar.fill("toffee", 1), OTHER_SCHEMA)
    (replaced,) = await cellar.database.fetch(select(snapshots))
    assert (replaced.stream_version, replaced.schema_version) == (jar.version + 1, 2)
    assert state_of(await cellar.load(jar, JARS_WITH_SNAPSHOTS)) == state_of(await cellar.load(jar, OTHER_SCHEMA))

    await forget_events(cellar, jar, last_version=replaced.stream_version)
    assert (await cellar.load(jar, OTHER_SCHEMA)).version == replaced.stream_version


async def test_whoever_comes_second_leaves_no_snapshot(cellar: Cellar) -> None:
    """It is part of the commit that failed."""
    if not cellar.database.is_postgresql:
        return
    jar = await full_jar(cellar, JARS_WITH_SNAPSHOTS, fillings=1)
    slower, slow_jars = cellar.open(JARS_WITH_SNAPSHOTS)
    stale = await slow_jars.get(jar.id)
    await cellar.change(jar, lambda jar: jar.fill("fudge", 10), JARS_WITH_SNAPSHOTS)
    stale.fill("toffee", 1)

    with pytest.raises(VersionConflict):
        await slower.commit()
    await slower.rollback()

    (kept,) = await cellar.database.fetch(select(snapshots))
    assert (kept.stream_version, kept.data["sweets"]) == (3, {"fudge": 11})


async def test_a_change_beside_the_events_is_a_mistake_even_among_events(cellar: Cellar) -> None:
    """It would be gone with the next reading."""
    jar = await full_jar(cellar, JARS, fillings=1)
    work, jars = cellar.open()
    tampered = await jars.get(jar.id)
    tampered.fill("toffee", 1)
    assert len(work.recorded_events()) == 1
    tampered.owner = new_id(UserId)
    tampered.fill("toffee", 1)

    with pytest.raises(TypeError, match=r"Jar changed \['owner'\] without recording an event"):
        await work.commit()
    await work.rollback()
    assert state_of(await cellar.load(jar)) == state_of(jar)


async def test_an_aggregate_without_an_event_cannot_be_kept(cellar: Cellar) -> None:
    """There is nothing that it could be read from."""
    work, jars = cellar.open()
    await jars.add(Jar.blank(new_id(JarId)))

    with pytest.raises(TypeError, match="added without recording an event"):
        await work.commit()
    await work.rollback()


async def test_a_repository_has_a_tenant_exactly_if_its_kind_has(cellar: Cellar) -> None:
    """Nobody forgets it, and nobody believes in one that is not there."""
    with pytest.raises(TypeError, match="Jar needs a tenant"):
        cellar.open(JARS_OF_OWNERS)
    with pytest.raises(TypeError, match="Jar has no tenant"):
        cellar.open(JARS, cellar.owner)
