"""How often something is tried again, and when."""

import random
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential back-off with jitter (Brooker, Exponential Backoff And Jitter).

    What fails by itself is tried a number of times. What fails because something it needs is down (`Unavailable`) is
    tried for as long as an outage may last: no number of attempts says anything about that.

    Attributes:
        attempts: How often it is tried in all.
        first_pause_seconds: Pause after the first failure; each further one is twice as long.
        longest_pause_seconds: Where the pauses stop growing.
        outage_seconds: How long something it needs may be down.
        time_limit_seconds: How long one attempt may take.
        keep_seconds: How long the outcome is kept.
        pauses_seconds: The pauses themselves, where a standard names them; then they say how often it is tried, too.
    """

    attempts: int = 8
    first_pause_seconds: float = 1.0
    longest_pause_seconds: float = 600.0
    outage_seconds: int = 259_200
    time_limit_seconds: float = 300.0
    keep_seconds: int = 604_800
    pauses_seconds: tuple[float, ...] = ()

    @property
    def limit(self) -> int:
        """How often it is tried in all."""
        return len(self.pauses_seconds) + 1 if self.pauses_seconds else self.attempts

    def pause_seconds(self, attempt: int) -> float:
        """Return how long to wait after an attempt, from 1; by up to a quarter more or less than planned."""
        if self.pauses_seconds:
            planned = self.pauses_seconds[min(attempt, len(self.pauses_seconds)) - 1]
        else:
            planned = min(self.first_pause_seconds * 2 ** min(attempt - 1, 30), self.longest_pause_seconds)
        return planned * random.uniform(0.75, 1.25)  # noqa: S311 - jitter # nosec B311


@dataclass(frozen=True, slots=True)
class JobOptions:
    """How a kind of message behaves as a job.

    Attributes:
        queue: Where its jobs wait; queues are paused and limited one by one.
        priority: Which of those that wait goes first: the one with the lower number.
        retries: How often it is tried.
    """

    queue: str = "default"
    priority: int = 0
    retries: RetryPolicy = field(default_factory=RetryPolicy)
