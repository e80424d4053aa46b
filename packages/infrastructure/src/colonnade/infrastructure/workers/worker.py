"""A worker: keeps its lease and runs what there is to run until it is told to stop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from colonnade.core import ColonnadeError
from colonnade.infrastructure.cancellation import cancel_and_wait
from colonnade.infrastructure.workers.registry import WorkerLease

_log = logging.getLogger("colonnade.worker")


class Runner(Protocol):
    """Something that works for as long as the process lives."""

    async def run(self) -> None:
        """Work until cancelled."""
        ...

    async def stop(self) -> None:
        """Finish what runs and give everything up."""
        ...


@asynccontextmanager
async def running_worker(lease: WorkerLease, runners: Sequence[Runner]) -> AsyncIterator[None]:
    """Run while the context is open; what runs at its end is finished or given back.

    Args:
        lease: The process among the workers.
        runners: What it does.
    """
    await _renew(lease)
    beat = asyncio.create_task(_keep(lease), name="worker-lease")
    tasks = [asyncio.create_task(_run(runner), name=type(runner).__name__) for runner in runners]
    try:
        yield
    finally:
        await cancel_and_wait(tasks)
        await asyncio.gather(*(_stop(runner) for runner in runners))
        await cancel_and_wait([beat])
        try:
            await lease.end()
        except ColonnadeError as error:
            _log.info("the lease runs out by itself: %s", error.message)


async def _run(runner: Runner) -> None:
    try:
        await runner.run()
    except Exception:  # noqa: BLE001 - told; the others go on
        _log.critical("%s has ended: nothing of it is done here any more", type(runner).__name__, exc_info=True)


async def _stop(runner: Runner) -> None:
    try:
        await runner.stop()
    except Exception:  # noqa: BLE001 - the others must be stopped, and the lease ended, all the same
        _log.exception("%s did not stop as it should", type(runner).__name__)


async def _keep(lease: WorkerLease) -> None:
    while True:
        await asyncio.sleep(lease.lease_seconds / 4)
        await _renew(lease)


async def _renew(lease: WorkerLease) -> None:
    try:
        await lease.renew()
    except ColonnadeError as error:
        _log.warning("the lease could not be renewed: %s", error.message)
    except Exception:  # noqa: BLE001 - whatever it is, the answer is to try again
        _log.exception("the lease could not be renewed")
