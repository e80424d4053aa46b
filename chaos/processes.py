"""Worker processes of the service, which can be killed, paused and measured."""

import asyncio
import re
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chaos.worker import READY

ROOT = Path(__file__).parents[1]
DEADLINE_SECONDS = 120
LOOK_SECONDS = 0.05


class Worker:
    """A process of its own.

    Attributes:
        is_ready: Whether it has said that it works.
    """

    def __init__(self, folder: Path, url: str, *options: str) -> None:
        self._said = folder / f"worker-{time.monotonic_ns()}"
        command = (sys.executable, "-m", "chaos.worker", url, *options)
        with self._said.open("w") as said, self._said.with_suffix(".errors").open("w") as errors:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=errors)

    @property
    def is_ready(self) -> bool:
        """Whether it works."""
        return READY in self.said()

    @property
    def is_dead(self) -> bool:
        """Whether it has been killed; ending in any other way is a failure."""
        code = self._process.poll()
        assert code in {None, -signal.SIGKILL}, self._said.with_suffix(".errors").read_text()
        return code is not None

    @property
    def pid(self) -> int:
        """Its number, which its effects carry."""
        return self._process.pid

    def said(self) -> list[str]:
        """Return the lines that it has printed: that it is ready, and each effect that it was about to commit."""
        return self._said.read_text().splitlines()

    async def ready(self) -> "Worker":
        """Wait until it works."""
        await eventually(self._has_begun)
        return self

    def kill(self) -> None:
        """End it in the middle of whatever it does (SIGKILL)."""
        self._process.kill()
        self._process.wait()

    def pause(self) -> None:
        """Let it stand still without its knowledge (SIGSTOP)."""
        self._process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on (SIGCONT)."""
        self._process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """End it in good order."""
        self._process.terminate()
        await asyncio.to_thread(self._process.wait, DEADLINE_SECONDS)

    def memory(self, what: str = "VmRSS") -> float:
        """Return how much memory it has (`VmRSS`) or had at most (`VmHWM`), in MiB (proc(5))."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(rf"^{what}:\s+(\d+) kB$", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) / 1024

    async def _has_begun(self) -> bool:
        return self.is_ready or self.is_dead


class Workers:
    """Starts workers on one database; those that are left are killed in the end."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._url = url
        self._started: list[Worker] = []

    def start(self, *options: str) -> Worker:
        """Start one; it is not ready yet."""
        worker = Worker(self._folder, self._url, *options)
        self._started.append(worker)
        return worker

    async def ready(self, *options: str, count: int = 1) -> list[Worker]:
        """Start some, and wait until they work."""
        return [await worker.ready() for worker in [self.start(*options) for _ in range(count)]]

    def kill(self) -> None:
        """Kill whatever lives."""
        for worker in self._started:
            worker.kill()


@contextmanager
def workers(folder: Path, url: str) -> Iterator[Workers]:
    """Have workers while the context is open."""
    made = Workers(folder, url)
    try:
        yield made
    finally:
        made.kill()


async def eventually(reached: Callable[[], Awaitable[bool]], *, seconds: float = DEADLINE_SECONDS) -> None:
    """Wait until something holds, in a database or another process, which tell nobody."""
    async with asyncio.timeout(seconds):
        while not await reached():  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(LOOK_SECONDS)
