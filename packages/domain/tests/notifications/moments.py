"""Moments, zones and quiet hours as hypothesis draws them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from colonnade.domain.notifications import QuietHours

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")
CHANGES = (  # moments at which clocks are put forward or back somewhere
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
)

zones = st.sampled_from(ZONES)
near_a_change = st.builds(
    lambda change, minutes: change + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(-3_000, 3_000)
)
moments = near_a_change | st.datetimes(
    min_value=datetime.fromisoformat("2020-01-01"),
    max_value=datetime.fromisoformat("2037-01-01"),
    timezones=st.just(UTC),
)
walls = st.builds(time, st.integers(0, 23), st.integers(0, 59))
quiet_hours = st.tuples(walls, walls).filter(lambda pair: pair[0] != pair[1]).map(lambda p: quiet(*p))


def quiet(start: time | str, end: time | str) -> QuietHours:
    """Return quiet hours."""
    return QuietHours.model_validate({"start": start, "end": end})


def wall(moment: datetime, zone: str) -> time:
    """Return what a clock on the wall shows."""
    return moment.astimezone(ZoneInfo(zone)).time()
