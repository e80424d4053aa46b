"""Live subscriptions: every process hears of what happens from now on; nothing is remembered, nothing repeated."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from colonnade.application.messaging import Context, Subject
from colonnade.application.subscriptions import Generation, Mode, Subscription
from colonnade.application.subscriptions.compiled import check, compile_reaction
from colonnade.core import RecordedEvent, Unavailable
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.subscriptions.checkpoints import Checkpoints
from colonnade.infrastructure.subscriptions.partition import Reading
from colonnade.infrastructure.subscriptions.reader import LogReader, StoredEvent

_UNSETTLED_SECONDS = 0.002
_log = logging.getLogger("colonnade.subscriptions")


class LiveRunner:
    """Reads the end of the log once for all live subscriptions of the process."""

    def __init__(self, reading: Reading, subscriptions: Sequence[Subscription], wakeups: Wakeups) -> None:
        live = check((one for one in subscriptions if one.mode is Mode.LIVE), reading.resolver)
        self._reading = reading
        self._reactions = [(one, compile_reaction(one)) for one in live]
        self._wakeups = wakeups
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Read for as long as the process lives."""
        if not self._reactions:
            self.listening.set()
            return
        kinds = {kind: None for subscription, _ in self._reactions for kind in subscription.events}
        whole = replace(self._reactions[0][0], name="live", events=tuple(kinds))
        wakeup = self._wakeups.listen(whole.types)
        log, position = LogReader(self._reading.database, whole), None
        while True:
            try:
                if position is None:
                    position = await Checkpoints(self._reading.database, self._reading.clock).now()
                    self.listening.set()
                batch = await log.read(position, 0, 1)
                for event in batch.events:
                    await self._tell(event)
                position = batch.end or position
                if not batch.full:
                    await wakeup.wait(_UNSETTLED_SECONDS if batch.unsettled else self._reading.poll_seconds)
            except Exception as error:  # noqa: BLE001 - whatever it is, the answer is to try again
                level = logging.INFO if isinstance(error, Unavailable) else logging.ERROR
                _log.log(level, "live subscriptions wait: %s", error, exc_info=level == logging.ERROR)
                await asyncio.sleep(self._reading.poll_seconds)

    async def stop(self) -> None:
        """Nothing is held."""

    async def _tell(self, event: StoredEvent) -> None:
        try:
            (recorded,) = await self._reading.load([event])
        except Exception:  # noqa: BLE001 - one event, of a newer process perhaps, must not end the others
            _log.exception("no live subscription takes %s", event.type)
            return
        context = Context(causation_id=str(recorded.event_id), by_service=True)
        given = {RecordedEvent: recorded, Context: context, Generation: Generation(0)}
        for subscription, react in self._reactions:
            if not subscription.concerns(recorded.event):
                continue
            try:
                async with self._reading.resolver.scope({Subject: recorded.event, Context: context}) as scope:
                    await react(recorded.event, given, scope)
            except Exception:  # noqa: BLE001 - one reaction must not end the others
                _log.exception("%s did not take %s", subscription.name, recorded.event.event_type)
