"""Running durable subscriptions: this process's fair share of all partitions, a task for each."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from colonnade.application.subscriptions import Mode, Subscription
from colonnade.application.subscriptions.compiled import check
from colonnade.core import ColonnadeError
from colonnade.infrastructure.cancellation import cancel_and_wait
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.subscriptions.checkpoints import Checkpoints, Partition
from colonnade.infrastructure.subscriptions.generations import Generations
from colonnade.infrastructure.subscriptions.partition import PartitionReader, Reading
from colonnade.infrastructure.subscriptions.reader import LogReader
from colonnade.infrastructure.workers.registry import WorkerLease

LEASES = "leases"
PARKED = "parked"

_log = logging.getLogger("colonnade.subscriptions")


class SubscriptionRunner:
    """Takes partitions that nobody reads, reads them, and gives some up when other processes come."""

    def __init__(
        self,
        reading: Reading,
        subscriptions: Sequence[Subscription],
        wakeups: Wakeups,
        lease: WorkerLease,
        *,
        page: int = 500,
    ) -> None:
        durable = [one for one in subscriptions if one.mode is Mode.DURABLE]
        self._reading = reading
        self._subscriptions = {one.name: one for one in check(durable, reading.resolver)}
        self._logs = {one.name: LogReader(reading.database, one, page=page) for one in durable}
        self._wakeups = wakeups
        self._lease = lease
        self._checkpoints = Checkpoints(reading.database, reading.clock)
        self._generations = Generations(reading.database, self._checkpoints, reading.resolver)
        self._readers: dict[Partition, asyncio.Task[None]] = {}
        self._wakeup = wakeups.listen({LEASES})

    async def run(self) -> None:
        """Read for as long as the process lives."""
        registered = False
        pause = self._lease.lease_seconds / 3
        while True:
            try:
                if not registered:
                    await self._checkpoints.register_all(self._subscriptions.values())
                    registered = True
                await self._balance()
                await self._look_after_generations()
            except ColonnadeError as error:
                _log.info("subscriptions wait: %s", error.message)
            except Exception:  # noqa: BLE001 - whatever it is, the answer is to try again
                _log.exception("subscriptions wait")
            await self._wakeup.wait(pause)

    async def stop(self) -> None:
        """Stop reading, and give everything up so that others need not wait."""
        await cancel_and_wait(self._readers.values())
        for partition in self._readers:
            with suppress(ColonnadeError):
                await self._checkpoints.release(partition.holding)
        self._readers.clear()
        self._wakeups.tell({LEASES})

    def held(self) -> list[Partition]:
        """Return the partitions that this process reads."""
        return [partition for partition, task in self._readers.items() if not task.done()]

    async def _balance(self) -> None:
        names = list(self._subscriptions)
        if not names:
            return
        await self._face_facts()
        share = -(-await self._checkpoints.count(names) // max(await self._lease.alive(), 1))
        for partition in list(self._readers)[share:]:
            await self._give_up(partition)
        if len(self._readers) < share:
            for partition, checkpoint in await self._checkpoints.claim(
                names, self._lease.worker_id, share - len(self._readers)
            ):
                reader = PartitionReader(
                    self._reading,
                    self._subscriptions[partition.subscription],
                    partition,
                    checkpoint,
                    self._logs[partition.subscription],
                    self._wakeups.listen({PARKED, *self._subscriptions[partition.subscription].types}),
                )
                name = f"{partition.subscription}-{partition.generation}-{partition.number}"
                self._readers[partition] = asyncio.create_task(self._read(reader), name=name)

    async def _face_facts(self) -> None:
        """Stop reading what is not this process's own any more, and give back what is but nobody here reads."""
        owned = await self._checkpoints.owned(self._lease.worker_id)
        for partition, task in list(self._readers.items()):
            if task.done() or partition.holding not in owned:
                await self._end(partition)
        for holding in owned - {partition.holding for partition in self._readers}:
            await self._checkpoints.release(holding)

    async def _read(self, reader: PartitionReader) -> None:
        try:
            await reader.run()
        finally:
            self._wakeups.forget(reader.wakeup)
            self._wakeup.wake()

    async def _give_up(self, partition: Partition) -> None:
        await self._end(partition)
        await self._checkpoints.release(partition.holding)
        self._wakeups.tell({LEASES})

    async def _end(self, partition: Partition) -> None:
        await cancel_and_wait([self._readers[partition]])
        del self._readers[partition]

    async def _look_after_generations(self) -> None:
        for subscription in self._subscriptions.values():
            if subscription.projection:
                if await self._generations.switch(subscription, self._logs[subscription.name]):
                    _log.info("%s was rebuilt", subscription.name)
                    self._wakeups.tell({LEASES})
                await self._generations.forget_retired(subscription)
