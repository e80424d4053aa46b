"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When tests take place unless they say otherwise: a Monday morning."""


class FrozenClock:
    """Tells the same time until it is moved by hand.

    Example:
        >>> clock = FrozenClock()
        >>> clock.advance(minutes=5).isoformat()
        '2026-01-05T09:05:00+00:00'
    """

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment that the clock shows, aware and in UTC."""
        return self._now

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Move on (or back, by less than nothing) and return the new moment."""
        return self.move_to(self._now + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))

    def move_to(self, moment: datetime) -> datetime:
        """Show this moment from now on, and return it.

        Raises:
            ValueError: The moment has no time zone.
        """
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone is no moment: give it one")
        self._now = moment.astimezone(UTC)
        return self._now
