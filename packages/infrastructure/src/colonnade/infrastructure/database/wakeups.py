"""Wake-ups: whoever waits for work hears of it at once, in this process and in the others.

PostgreSQL makes transactions that notify commit one after the other. So the news does not travel with the commit: it
is sent right after it, and what several commits have to say meanwhile is sent in one go. A process that dies in
between says nothing; whoever waits looks for work by itself from time to time.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from uuid import uuid4

from sqlalchemy import Text, bindparam, func, select, true

from colonnade.core import ColonnadeError, DomainEvent
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.prepared import Prepared

WAKEUP_CHANNEL = "colonnade_wakeups"
"""The PostgreSQL notification channel that names what there is work for."""

EVERYTHING = "*"
_PAYLOAD_BYTES = 7_900
_NOTIFY = Prepared(
    select(
        func.set_config("synchronous_commit", "off", true()),  # news may be lost in a crash: the disk is not waited for
        func.pg_notify(WAKEUP_CHANNEL, bindparam("payload", type_=Text)),
    )
)

_log = logging.getLogger("colonnade.wakeups")


class Wakeup:
    """Something to wait on; wakes when one of its topics is told of."""

    def __init__(self, topics: Collection[str]) -> None:
        self.topics = frozenset(topics)
        self._event = asyncio.Event()

    def wake(self) -> None:
        """Wake whoever waits."""
        self._event.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for news, or for a time; tell whether there was news since the last call."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Wakeups:
    """Spreads the word that there is work: kinds of events, by wire name, and other topics."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._name = f"from:{uuid4()}"
        self._wakeups: set[Wakeup] = set()
        self._untold: set[str] = set()
        self._telling: asyncio.Task[None] | None = None

    def listen(self, topics: Collection[str]) -> Wakeup:
        """Return something to wait on for these topics."""
        wakeup = Wakeup(topics)
        self._wakeups.add(wakeup)
        return wakeup

    def forget(self, wakeup: Wakeup) -> None:
        """Stop waking somebody."""
        self._wakeups.discard(wakeup)

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Tell of events that are in the log now."""
        self.tell({event.event_type for event in events})

    def tell(self, topics: Iterable[str]) -> None:
        """Wake those who wait here at once, and those in other processes very soon."""
        told = set(topics)
        self._wake(told)
        if self._database.is_postgresql:
            self._untold |= told
            if self._telling is None or self._telling.done():
                self._telling = asyncio.get_running_loop().create_task(self._tell_others(), name="wakeups")

    def heard(self, payload: str) -> None:
        """Wake those who wait here for what another process told of; what this one told of they know."""
        topics = set(payload.split())
        if self._name in topics:
            return
        if EVERYTHING in topics:
            self.wake_all()
        else:
            self._wake(topics)

    def wake_all(self) -> None:
        """Wake everybody: something may have been missed."""
        for wakeup in self._wakeups:
            wakeup.wake()

    async def close(self) -> None:
        """Wait until everything is told."""
        if self._telling is not None:
            await self._telling

    def _wake(self, topics: set[str]) -> None:
        for wakeup in self._wakeups:
            if not wakeup.topics.isdisjoint(topics):
                wakeup.wake()

    async def _tell_others(self) -> None:
        while self._untold:
            payload = " ".join((self._name, *sorted(self._untold)))
            self._untold.clear()
            if len(payload.encode()) > _PAYLOAD_BYTES:
                payload = f"{self._name} {EVERYTHING}"
            try:
                await self._database.read(_NOTIFY, {"payload": payload})
            except ColonnadeError as error:
                _log.info("others will look for work by themselves: %s", error.message)
