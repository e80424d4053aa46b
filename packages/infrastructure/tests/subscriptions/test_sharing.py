"""Several processes share the partitions, take over from each other, and never commit what is not theirs any more."""

import asyncio

import pytest

from colonnade.application.subscriptions import Subscriptions
from colonnade.core import RecordedEvent
from colonnade.infrastructure.subscriptions.checkpoints import Checkpoints
from colonnade.infrastructure.workers import WorkerLease

from ..waiting import DEADLINE_SECONDS, eventually
from .lab import Lab
from .processes import Process
from .words import Effects, Noted

QUICKLY = 0.6
"""A lease, in seconds, that runs out while a test waits."""


class Gate:
    """Holds events up between the call of the reaction and the commit of its effect."""

    def __init__(self) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        self.passed = list[str]()

    async def pass_through(self, words: str) -> None:
        """Hold up whoever says that they want to be, the first time."""
        if words == "held up" and not self.reached.is_set():
            self.reached.set()
            await self.open.wait()
        self.passed.append(words)

    async def somebody(self) -> None:
        """Wait until somebody is held up."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            await self.reached.wait()


@pytest.fixture
def gate(subscriptions: Subscriptions) -> Gate:
    """A gate before every effect of a subscription with six partitions."""
    gate = Gate()

    @subscriptions.durable("lab.shared", Noted, partitions=6)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        effects.leave(recorded)
        await gate.pass_through(event.text)

    return gate


def held(*processes: Process) -> list[int]:
    """Return how many partitions each process reads."""
    return [len(process.runner.held()) for process in processes]


async def test_processes_share_fairly_whoever_comes_and_goes(
    lab: Lab, subscriptions: Subscriptions, gate: Gate
) -> None:
    """One has all, two have half each, three a third; who goes leaves its part to the others."""
    one = await lab.run(subscriptions, lease_seconds=QUICKLY)
    assert held(one) == [6]
    two = await lab.process(subscriptions, lease_seconds=QUICKLY).start(holding=3)
    await eventually(lambda: held(one, two) == [3, 3])
    three = await lab.process(subscriptions, lease_seconds=QUICKLY).start(holding=2)
    await eventually(lambda: held(one, two, three) == [2, 2, 2])
    numbers = sorted(partition.number for process in (one, two, three) for partition in process.runner.held())
    assert numbers == [0, 1, 2, 3, 4, 5]
    await two.stop()
    await eventually(lambda: held(one, three) == [3, 3])
    await one.stop()
    await eventually(lambda: held(three) == [6])
    await lab.note("s-1", "still there")
    await lab.until_there_are(1)


async def test_nothing_is_lost_or_doubled_while_processes_come_and_go(
    lab: Lab, subscriptions: Subscriptions, gate: Gate
) -> None:
    """Events go on while partitions change hands; each is handled once, each stream in order."""
    processes, count = [await lab.run(subscriptions, lease_seconds=QUICKLY)], 0
    for turn in range(4):
        for number in range(10):
            await lab.note(f"s-{number}", f"{turn}")
            count += 1
        if turn % 2 == 0:
            processes.append(await lab.process(subscriptions, lease_seconds=QUICKLY).start(holding=3))
        else:
            await processes.pop(0).stop()
    found = await lab.until_there_are(count)
    for number in range(10):
        assert [effect.version for effect in found if effect.stream == f"s-{number}"] == [1, 2, 3, 4]


async def test_a_process_that_stops_leaves_its_part_at_once(lab: Lab, subscriptions: Subscriptions, gate: Gate) -> None:
    """Others need not wait until its lease has run out, which takes longer than this test."""
    one = await lab.run(subscriptions, lease_seconds=3600)
    await one.stop()
    two = await lab.run(subscriptions, lease_seconds=3600)
    assert held(two) == [6]


async def test_a_process_that_dies_loses_its_part_to_the_others(
    lab: Lab, subscriptions: Subscriptions, gate: Gate
) -> None:
    """As soon as its lease has run out; the event that it was about to finish is handled once."""
    dying = await lab.process(subscriptions, lease_seconds=QUICKLY).start_without_a_heart()
    await lab.note("s-1", "held up")
    await gate.somebody()
    survivor = await lab.process(subscriptions, lease_seconds=QUICKLY).start(holding=6)
    (effect,) = await lab.until_there_are(1)
    assert effect.text == "held up"
    await dying.stop()
    assert held(survivor) == [6]
    assert len(await lab.effects()) == 1


async def test_a_process_that_was_paused_cannot_commit(lab: Lab, subscriptions: Subscriptions, gate: Gate) -> None:
    """It wakes up with an old fence: nothing of what it was about to do stays, and it reads that partition no more."""
    paused = await lab.process(subscriptions, lease_seconds=QUICKLY).start_without_a_heart()
    await lab.note("s-1", "held up", "behind")
    await gate.somebody()
    await paused.freeze()
    await lab.process(subscriptions, lease_seconds=QUICKLY).start(holding=6)
    assert [effect.text for effect in await lab.until_there_are(2)] == ["held up", "behind"]
    before = await lab.checkpoints("lab.shared")
    gate.open.set()
    await eventually(lambda: gate.passed == ["held up", "behind", "held up"])
    await eventually(lambda: len(paused.runner.held()) < 6)
    assert len(await lab.effects()) == 2
    assert await lab.checkpoints("lab.shared") == before
    assert await lab.parked() == []


async def test_a_lease_that_was_lost_and_renewed_is_another_one(
    lab: Lab, subscriptions: Subscriptions, gate: Gate
) -> None:
    """A process that comes back gets its fair part again, and its old fences are worth nothing."""
    paused = await lab.process(subscriptions, lease_seconds=QUICKLY).start_without_a_heart()
    await lab.note("s-1", "held up")
    await gate.somebody()
    other = await lab.process(subscriptions, lease_seconds=QUICKLY).start(holding=6)
    await lab.until_there_are(1)
    renewing = asyncio.create_task(_keep(paused.lease))
    gate.open.set()
    await eventually(lambda: held(paused, other) == [3, 3])
    await lab.note("s-1", "next")
    assert [effect.text for effect in await lab.until_there_are(2)] == ["held up", "next"]
    renewing.cancel()
    await asyncio.gather(renewing, return_exceptions=True)


async def test_every_claim_has_a_fence_of_its_own(lab: Lab, subscriptions: Subscriptions, gate: Gate) -> None:
    """Of a process that is dead to the others, everything can be taken; what it gives back later is not its own."""
    checkpoints, (subscription,) = Checkpoints(lab.database, lab.clock), list(subscriptions)
    await checkpoints.register(subscription)
    dead, alive = WorkerLease(lab.database, lab.clock, lease_seconds=-1), WorkerLease(lab.database, lab.clock)
    await dead.renew()
    await alive.renew()
    first = {partition.number: partition for partition, _ in await checkpoints.claim(["lab.shared"], dead.worker_id, 6)}
    taken = {
        partition.number: partition for partition, _ in await checkpoints.claim(["lab.shared"], alive.worker_id, 6)
    }
    assert {number: partition.fence for number, partition in taken.items()} == {
        number: partition.fence + 1 for number, partition in first.items()
    }
    assert await checkpoints.claim(["lab.shared"], dead.worker_id, 6) == []


async def test_partitions_are_claimed_once(lab: Lab, subscriptions: Subscriptions, gate: Gate) -> None:
    """Of many who ask at the same moment, each partition goes to one."""
    checkpoints, (subscription,) = Checkpoints(lab.database, lab.clock), list(subscriptions)
    await checkpoints.register(subscription)
    leases = [WorkerLease(lab.database, lab.clock) for _ in range(8)]
    await asyncio.gather(*(lease.renew() for lease in leases))
    taken = await asyncio.gather(
        *(checkpoints.claim([subscription.name], lease.worker_id, 2) for lease in leases),
    )
    again = await checkpoints.claim([subscription.name], leases[0].worker_id, 6)
    numbers = [partition.number for part in (*taken, again) for partition, _ in part]
    assert sorted(numbers) == [0, 1, 2, 3, 4, 5]


async def _keep(lease: WorkerLease) -> None:
    while True:
        await lease.renew()
        await asyncio.sleep(lease.lease_seconds / 4)
