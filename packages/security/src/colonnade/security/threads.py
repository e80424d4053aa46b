"""What takes long, off the event loop: in threads of its own, a few at a time, and with a short queue."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

from colonnade.core import Unavailable

Answer = TypeVar("Answer")


class FewThreads:
    """Runs functions so that a rush of them leaves the rest alone.

    Args:
        name: What the threads are called.
        threads: How many functions run at once.
        waiting: How many more may wait; whoever comes then is sent away, since the last in a long queue would have
            gone by the time of the answer.
    """

    def __init__(self, name: str, *, threads: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._places = BoundedSemaphore(threads + waiting)

    async def run(self, work: Callable[..., Answer], *arguments: object) -> Answer:
        """Return what a function returns.

        Raises:
            Unavailable: Too many wait already.
        """
        if not self._places.acquire(blocking=False):
            raise Unavailable("too many wait for the same: try again in a moment", retry_after_seconds=1)
        try:
            future: Future[Answer] = self._threads.submit(work, *arguments)
        except RuntimeError:
            self._places.release()
            raise
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)
