"""A clock that a test moves."""

from datetime import UTC, datetime, timedelta


class MovableClock:
    """Shows the same moment until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 5, 9, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.moment += timedelta(seconds=seconds)
