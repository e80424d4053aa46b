"""The machine's clock."""

from datetime import timedelta

from colonnade.core import Clock, SystemClock


def test_the_system_clock_is_aware_and_in_utc() -> None:
    """No naive time enters the system."""
    clock: Clock = SystemClock()

    assert clock.now().utcoffset() == timedelta(0)


def test_the_system_clock_goes_forward() -> None:
    """Two looks at it come in order."""
    clock = SystemClock()

    assert clock.now() <= clock.now()
