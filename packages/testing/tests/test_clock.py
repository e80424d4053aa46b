"""The clock stands still until it is moved."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from colonnade.testing import FrozenClock


def test_time_passes_by_hand_only() -> None:
    """Asking twice gives the same moment; moving it gives another."""
    clock = FrozenClock()
    before = clock.now()
    assert clock.now() == before
    assert clock.advance(days=1, minutes=5) == before + timedelta(days=1, minutes=5) == clock.now()
    assert clock.advance(days=-1, minutes=-5) == before


def test_moments_are_utc() -> None:
    """A moment of another zone is shown in UTC; one without a zone is refused."""
    clock = FrozenClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.move_to(datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now().isoformat() == "2026-06-01T10:00:00+00:00"
    with pytest.raises(ValueError, match="time zone"):
        clock.move_to(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake
