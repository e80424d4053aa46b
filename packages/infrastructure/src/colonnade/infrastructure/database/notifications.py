"""What other processes change: PostgreSQL tells of it (LISTEN/NOTIFY), SQLite is asked."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.event_log import CHANNEL, EVERY_STREAM
from colonnade.infrastructure.database.sqlite_edition import SqliteEdition
from colonnade.infrastructure.database.wakeups import WAKEUP_CHANNEL, Wakeups

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_ASK_SECONDS = 0.1


class StreamWatcher(Protocol):
    """Something that remembers what streams say, such as a cache."""

    def stream_changed(self, stream: str) -> None:
        """Forget what was remembered of a stream."""
        ...

    def trust(self, *, on: bool) -> None:
        """Remember from now on, or forget everything and remember nothing: changes elsewhere would not be heard."""
        ...


class StreamNotifications:
    """Tells watchers of every change in the database, this process's own included, within about a millisecond.

    While there is no connection to hear by, watchers must not remember anything. On SQLite, which is one server's and
    whoever's at its machine, they forget everything within a tenth of a second after anybody has written.
    """

    def __init__(self, database: Database, watchers: Sequence[StreamWatcher], wakeups: Wakeups | None = None) -> None:
        """Prepare to listen.

        Args:
            database: Where.
            watchers: What remembers something of streams.
            wakeups: What waits for work, and is woken by news of it.
        """
        self._wakeups = wakeups
        self._database = database
        self._watchers = watchers
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen; returns at once, and watchers are told to trust when it has begun."""
        file = self._database.engine.url.database
        if self._database.is_postgresql:
            self._trust(on=False)
            self._task = asyncio.create_task(self._listen_for_ever(), name="stream-notifications")
        elif self._watchers and file is not None:
            self._task = asyncio.create_task(self._ask_for_ever(file), name="stream-notifications")

    async def listening(self) -> None:
        """Wait until changes are heard."""
        await self._listening.wait()

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _listen_for_ever(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._listen()
                pause = _FIRST_PAUSE_SECONDS
            except Exception:  # noqa: BLE001 - whatever it is, the answer is to try again
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            finally:
                self._listening.clear()
                self._trust(on=False)
            await asyncio.sleep(pause)

    async def _ask_for_ever(self, file: str) -> None:
        """Ask SQLite again and again whether somebody has written."""
        edition = SqliteEdition(file)
        known = edition.number()
        try:
            while True:
                await asyncio.sleep(_ASK_SECONDS)
                present = edition.number()
                if present is None or present != known:
                    self._trust(on=False)
                    self._trust(on=True)
                known = present
        finally:
            edition.close()

    async def _listen(self) -> None:
        """Listen on one connection until it ends."""
        ended = asyncio.Event()
        async with self._database.engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection  # asyncpg's connection
            driver.add_termination_listener(lambda _: ended.set())
            await driver.add_listener(CHANNEL, self._heard)
            if self._wakeups is not None:
                await driver.add_listener(WAKEUP_CHANNEL, self._woken)
                self._wakeups.wake_all()
            self._trust(on=True)
            self._listening.set()
            try:
                await ended.wait()
            finally:
                await connection.invalidate()

    def _heard(self, connection: object, process: int, channel: str, payload: str) -> None:
        streams: Iterable[str] = payload.split()
        if payload == EVERY_STREAM:
            self._trust(on=False)
            self._trust(on=True)
            return
        for stream in streams:
            for watcher in self._watchers:
                watcher.stream_changed(stream)

    def _woken(self, connection: object, process: int, channel: str, payload: str) -> None:
        if self._wakeups is not None:
            self._wakeups.heard(payload)

    def _trust(self, *, on: bool) -> None:
        for watcher in self._watchers:
            watcher.trust(on=on)
