"""When somebody is told, and together with what."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import UserId, new_id
from colonnade.domain.notifications import (
    FOLDED,
    OUTSIDE,
    Channel,
    Kind,
    PersonalSettings,
    Plan,
    QuietHours,
    TimeZone,
    Timing,
    Together,
    next_digest,
    plan,
)

from .moments import moments, quiet, quiet_hours, wall, zones

FOLD = timedelta(seconds=60)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
kinds, channels, timings = st.sampled_from(Kind), st.sampled_from(Channel), st.sampled_from(Timing)
hours = st.lists(st.integers(0, 23), min_size=1, max_size=4).map(tuple)


def settings(
    zone: str = "UTC", quiet_hours: QuietHours | None = None, digest: tuple[int, ...] = (8,)
) -> PersonalSettings:
    made = PersonalSettings.untouched(new_id(UserId))
    made.change(timezone=TimeZone(zone), quiet_hours=quiet_hours, digest_hours=digest)
    return made


@given(kinds, moments, quiet_hours, zones)
def test_the_app_is_always_at_once(kind: Kind, now: datetime, quiet_hours: QuietHours, zone: str) -> None:
    planned = plan(kind, Channel.IN_APP, Timing.AT_ONCE, settings(zone, quiet_hours), now, fold=FOLD)
    assert planned == Plan(now, Together.NOTHING)


@given(kinds, channels, moments)
def test_what_is_off_is_not_told(kind: Kind, channel: Channel, now: datetime) -> None:
    assert plan(kind, channel, Timing.OFF, settings(), now, fold=FOLD) is None


@given(kinds, st.sampled_from(OUTSIDE), moments, quiet_hours, zones)
def test_nothing_goes_outside_in_quiet_hours(
    kind: Kind, channel: Channel, now: datetime, quiet_hours: QuietHours, zone: str
) -> None:
    planned = plan(kind, channel, Timing.AT_ONCE, settings(zone, quiet_hours), now, fold=FOLD)
    assert planned is not None
    assert planned.at >= now
    assert not quiet_hours.covers(wall(planned.at, zone))


@pytest.mark.parametrize("kind", Kind)
def test_kinds_that_come_in_bursts_wait_for_more_of_their_thread(kind: Kind) -> None:
    planned = plan(kind, Channel.MAIL, Timing.AT_ONCE, settings(), NOON, fold=FOLD)
    folded = Plan(NOON + FOLD, Together.THREAD)
    assert planned == (folded if kind in FOLDED else Plan(NOON, Together.NOTHING))


def test_a_fold_that_ends_in_quiet_hours_waits_for_their_end() -> None:
    late = datetime(2026, 1, 5, 21, 59, 30, tzinfo=UTC)
    planned = plan(
        Kind.STATUS_CHANGED, Channel.MAIL, Timing.AT_ONCE, settings("UTC", quiet("22:00", "07:00")), late, fold=FOLD
    )
    assert planned == Plan(datetime(2026, 1, 6, 7, tzinfo=UTC), Together.THREAD)


def test_a_digest_goes_out_at_the_hour_that_was_chosen_even_if_it_is_quiet() -> None:
    planned = plan(
        Kind.DUE_SOON, Channel.MAIL, Timing.DIGEST, settings("UTC", quiet("22:00", "09:00")), NOON, fold=FOLD
    )
    assert planned == Plan(datetime(2026, 1, 6, 8, tzinfo=UTC), Together.DIGEST)


@given(hours, moments, zones)
def test_the_next_digest_is_later_and_within_two_days(digest: tuple[int, ...], now: datetime, zone: str) -> None:
    assert now < next_digest(settings(zone, digest=digest), now) <= now + timedelta(days=2)


@given(hours, moments, zones)
def test_no_digest_is_skipped_and_none_comes_twice(digest: tuple[int, ...], now: datetime, zone: str) -> None:
    """Whoever asks at any time before a digest is told of that very one."""
    made = settings(zone, digest=digest)
    first = next_digest(made, now)
    assert next_digest(made, first - timedelta(seconds=1)) == first
    assert next_digest(made, now + (first - now) / 2) == first
    days = {next_digest(made, first + timedelta(hours=hour)).astimezone(ZoneInfo(zone)) for hour in range(24)}
    assert len({(day.date(), day.hour) for day in days}) == len(days)


@pytest.mark.parametrize(
    ("zone", "now", "at"),
    [
        ("Europe/Berlin", "2026-01-05T06:59:00+00:00", "2026-01-05T07:00:00+00:00"),
        ("Europe/Berlin", "2026-01-05T07:00:00+00:00", "2026-01-06T07:00:00+00:00"),
        ("Europe/Berlin", "2026-03-28T07:00:00+00:00", "2026-03-29T06:00:00+00:00"),
        ("Asia/Kathmandu", "2026-01-05T00:00:00+00:00", "2026-01-05T02:15:00+00:00"),
    ],
)
def test_the_hour_is_that_of_the_person(zone: str, now: str, at: str) -> None:
    assert next_digest(settings(zone), datetime.fromisoformat(now)) == datetime.fromisoformat(at)


def test_an_hour_that_is_there_twice_in_autumn_gives_one_digest() -> None:
    made = settings("Europe/Berlin", digest=(2,))
    first = next_digest(made, datetime.fromisoformat("2026-10-24T12:00:00+00:00"))
    assert first == datetime.fromisoformat("2026-10-25T02:00:00+02:00")
    assert next_digest(made, first) == datetime.fromisoformat("2026-10-26T02:00:00+01:00")


def test_an_hour_that_is_left_out_in_spring_gives_its_digest_when_clocks_are_put_forward() -> None:
    made = settings("Europe/Berlin", digest=(2,))
    assert next_digest(made, datetime.fromisoformat("2026-03-28T12:00:00+00:00")) == datetime.fromisoformat(
        "2026-03-29T03:00:00+02:00"
    )
