"""Replays: which webhooks were there already."""

from threading import Lock

from colonnade.core import Clock, Unavailable


class SeenIds:
    """Remembers ids in the memory of one process, for a time, up to a number.

    It is a `seen` of `WebhookVerifier`: called with an id, it tells whether the id was there, and remembers it. A
    receiver of several processes needs one that they share.

    Args:
        clock: Time.
        remember_seconds: How long; a request is good from one tolerance before its timestamp to one after it, so
            twice the tolerance.
        capacity: How many at most.
    """

    def __init__(self, clock: Clock, *, remember_seconds: float = 600, capacity: int = 100_000) -> None:
        self._clock = clock
        self._remember_seconds = remember_seconds
        self._capacity = capacity
        self._seen_at: dict[str, float] = {}
        self._lock = Lock()

    def __call__(self, webhook_id: str) -> bool:
        """Tell whether an id was seen, and remember it.

        Raises:
            Unavailable: There is no room: to forget one early would let it in twice, and the sender tries again.
        """
        now = self._clock.now().timestamp()
        with self._lock:
            self._forget_before(now - self._remember_seconds)
            if webhook_id in self._seen_at:
                return True
            if len(self._seen_at) >= self._capacity:
                raise Unavailable("too many webhooks came in a short time")
            self._seen_at[webhook_id] = now
            return False

    def forget(self, webhook_id: str) -> None:
        """Let an id in again: what it told could not be dealt with, and the sender's next attempt must be accepted."""
        with self._lock:
            self._seen_at.pop(webhook_id, None)

    def _forget_before(self, moment: float) -> None:
        """Drop from the oldest on; a dict keeps the order in which they came."""
        while self._seen_at:
            oldest = next(iter(self._seen_at))
            if self._seen_at[oldest] >= moment:
                return
            del self._seen_at[oldest]
