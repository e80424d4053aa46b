"""A subscription whose events fail as the test says."""

from collections import defaultdict
from collections.abc import Sequence

from colonnade.application.messaging import RetryPolicy
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import RecordedEvent

from .lab import Lab
from .words import Effects, Noted

PAUSE_SECONDS = 60
POLICY = RetryPolicy(attempts=3, first_pause_seconds=PAUSE_SECONDS)


class Script:
    """Which text fails how, one error for each attempt; what is not named succeeds."""

    def __init__(self) -> None:
        self.errors: dict[str, list[Exception]] = {}
        self.attempts: dict[str, int] = defaultdict(int)

    def fail(self, text: str, *errors: Exception) -> None:
        """Let the event with this text fail with each of these errors in turn, and then succeed."""
        self.errors[text] = list(errors)

    def play(self, text: str) -> None:
        """Note an attempt, and raise its error if there is one."""
        self.attempts[text] += 1
        if self.errors.get(text):
            raise self.errors[text].pop(0)

    def subscribe(self, subscriptions: Subscriptions, name: str = "lab.scripted", *, partitions: int = 1) -> None:
        """Subscribe event by event; the effect is left before the error comes."""

        @subscriptions.durable(name, Noted, partitions=partitions, retries=POLICY)
        async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
            effects.leave(recorded)
            self.play(event.text)

    def subscribe_to_batches(self, subscriptions: Subscriptions, sizes: list[int]) -> None:
        """Subscribe by batch, and note how large each batch was that succeeded."""

        @subscriptions.durable("lab.batches", Noted, batch=True, retries=POLICY)
        async def leave(events: Sequence[RecordedEvent], effects: Effects) -> None:
            for recorded in events:
                effects.leave(recorded)
                assert isinstance(recorded.event, Noted)
                self.play(recorded.event.text)
            sizes.append(len(events))


async def pass_pause(lab: Lab) -> None:
    """Let the time pass until the next attempt is due, however the dice fell."""
    lab.clock.advance(seconds=PAUSE_SECONDS * 10)
    lab.wake()
