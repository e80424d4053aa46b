"""When a schedule has its turns: in its own time zone, summer time included, as Debian's cron has them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.application.jobs import Schedule
from colonnade.core import Invalid
from colonnade.infrastructure.jobs.schedules import next_turn

from .office import Work


def turns(cron: str, timezone: str, after: str, number: int) -> list[str]:
    """Return the next turns after a local time, as local times with their offset."""
    schedule = Schedule("tests.schedule", cron, timezone, lambda: Work(label="a"))
    zone, moment, found = ZoneInfo(timezone), datetime.fromisoformat(after).astimezone(UTC), list[str]()
    for _ in range(number):
        moment = next_turn(schedule, moment)
        assert moment.tzinfo is UTC
        found.append(f"{moment.astimezone(zone):%d %H:%M:%S%z}".removesuffix("00"))
    return found


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("30 2 * * *", "2026-03-28T00:00+01:00", ["28 02:30:00+01", "29 03:00:00+02", "30 02:30:00+02"]),
        ("0 2 * * *", "2026-03-28T12:00+01:00", ["29 03:00:00+02", "30 02:00:00+02"]),
        ("15 2,3 * * *", "2026-03-28T12:00+01:00", ["29 03:00:00+02", "29 03:15:00+02", "30 02:15:00+02"]),
        ("0 3 * * *", "2026-03-28T12:00+01:00", ["29 03:00:00+02", "30 03:00:00+02"]),
        ("0 9 * * *", "2026-03-28T12:00+01:00", ["29 09:00:00+02", "30 09:00:00+02"]),
        ("0 * * * *", "2026-03-29T00:30+01:00", ["29 01:00:00+01", "29 03:00:00+02", "29 04:00:00+02"]),
        ("*/30 * * * *", "2026-03-29T01:20+01:00", ["29 01:30:00+01", "29 03:00:00+02", "29 03:30:00+02"]),
        ("0 30 2 * * *", "2026-03-28T12:00+01:00", ["29 03:00:00+02", "30 02:30:00+02"]),
        ("15 30 2 * * *", "2026-03-28T12:00+01:00", ["29 03:00:15+02", "30 02:30:15+02"]),
    ],
)
def test_when_summer_begins_an_hour_that_is_not_there_is_made_up_for(
    cron: str, after: str, expected: list[str]
) -> None:
    assert turns(cron, "Europe/Berlin", after, len(expected)) == expected


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("30 2 * * *", "2026-10-24T12:00+02:00", ["25 02:30:00+02", "26 02:30:00+01", "27 02:30:00+01"]),
        ("0,30 2 * * *", "2026-10-24T12:00+02:00", ["25 02:00:00+02", "25 02:30:00+02", "26 02:00:00+01"]),
        ("0 3 * * *", "2026-10-24T12:00+02:00", ["25 03:00:00+01", "26 03:00:00+01"]),
        ("0 9 * * *", "2026-10-24T12:00+02:00", ["25 09:00:00+01", "26 09:00:00+01"]),
        ("0 * * * *", "2026-10-25T01:30+02:00", ["25 02:00:00+02", "25 02:00:00+01", "25 03:00:00+01"]),
        ("*/30 * * * *", "2026-10-25T02:20+02:00", ["25 02:30:00+02", "25 02:00:00+01", "25 02:30:00+01"]),
        ("45 2 * * *", "2026-10-25T02:10+01:00", ["26 02:45:00+01"]),
        ("45 2 * * *", "2026-10-25T02:50+02:00", ["26 02:45:00+01"]),
        ("0 30 2 * * *", "2026-10-24T12:00+02:00", ["25 02:30:00+02", "26 02:30:00+01"]),
        ("15 30 2 * * *", "2026-10-24T12:00+02:00", ["25 02:30:15+02", "26 02:30:15+01"]),
    ],
)
def test_when_summer_ends_a_fixed_time_that_is_there_twice_has_one_turn(
    cron: str, after: str, expected: list[str]
) -> None:
    assert turns(cron, "Europe/Berlin", after, len(expected)) == expected


@pytest.mark.parametrize(
    ("cron", "timezone", "after", "expected"),
    [
        ("0 * * * *", "Asia/Kolkata", "2026-01-01T00:00+00:00", ["01 06:00:00+0530", "01 07:00:00+0530"]),
        ("15 * * * *", "Asia/Kathmandu", "2026-01-01T00:00+00:00", ["01 06:15:00+0545", "01 07:15:00+0545"]),
        ("0 9 * * *", "America/St_Johns", "2026-07-01T12:00+00:00", ["02 09:00:00-0230", "03 09:00:00-0230"]),
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00+10:30", ["04 02:30:00+11", "05 02:15:00+11"]),
        ("30 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00+10:30", ["04 02:30:00+11", "05 02:30:00+11"]),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00+11:00", ["05 01:45:00+11", "06 01:45:00+1030"]),
        (
            "*/15 * * * *",
            "Australia/Lord_Howe",
            "2026-04-05T01:40+11:00",
            ["05 01:45:00+11", "05 01:30:00+1030", "05 01:45:00+1030", "05 02:00:00+1030"],
        ),
        ("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00-03:00", ["04 01:00:00-02", "05 00:00:00-02"]),
    ],
)
def test_zones_of_half_an_hour_and_changes_of_half_an_hour(
    cron: str, timezone: str, after: str, expected: list[str]
) -> None:
    assert turns(cron, timezone, after, len(expected)) == expected


def test_seconds_come_first_in_six_fields() -> None:
    expected = ["01 00:00:20+00", "01 00:00:40+00", "01 00:01:00+00"]
    assert turns("*/20 * * * * *", "UTC", "2026-01-01T00:00+00:00", 3) == expected


def test_a_turn_is_after_the_moment_never_at_it() -> None:
    assert turns("0 9 * * *", "UTC", "2026-01-01T09:00+00:00", 1) == ["02 09:00:00+00"]
    assert turns("0 9 * * *", "UTC", "2026-01-01T08:59:59.999999+00:00", 1) == ["01 09:00:00+00"]
    assert turns("15 0 9 * * *", "UTC", "2026-01-01T09:00:15+00:00", 1) == ["02 09:00:15+00"]


def test_a_leap_day_has_its_turn_in_leap_years() -> None:
    schedule = Schedule("tests.schedule", "0 0 29 2 *", "UTC", lambda: Work(label="a"))
    assert next_turn(schedule, datetime(2026, 3, 1, tzinfo=UTC)) == datetime(2028, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "* * *",
        "61 * * * *",
        "* 25 * * *",
        "0 0 31 2 *",
        "0 0 * * MON#6",
        "every day",
        "60 0 9 * * *",
        "* * * * * * *",
    ],
)
def test_a_cron_expression_that_is_none_is_refused_by_name(cron: str) -> None:
    schedule = Schedule("notifications.digests", cron, "UTC", lambda: Work(label="a"))
    with pytest.raises(Invalid, match=r"notifications\.digests") as refused:
        next_turn(schedule, datetime(2026, 1, 1, tzinfo=UTC))
    assert f"'{cron}'" in refused.value.message


@pytest.mark.parametrize(
    "timezone",
    ["Mars/Phobos", "", "Europe", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\0", "x" * 300, "CEST"],
)
def test_a_time_zone_that_is_none_is_refused_by_name(timezone: str) -> None:
    schedule = Schedule("notifications.digests", "0 9 * * *", timezone, lambda: Work(label="a"))
    with pytest.raises(Invalid, match=r"notifications\.digests") as refused:
        next_turn(schedule, datetime(2026, 1, 1, tzinfo=UTC))
    assert f"'{timezone}'" in refused.value.message


FIRST = datetime(2025, 1, 1, tzinfo=UTC)
CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
)
"""When clocks change in Berlin, on Lord Howe and in New York."""

CRONS = (
    "45 1 * * *",
    "30 2 * * *",
    "0 * * * *",
    "*/15 * * * *",
    "0 0 1 * *",
    "0 9 * * MON-FRI",
    "15 2,3 * * SUN",
    "10 30 2 * * *",
)
ZONES = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York", "Africa/Casablanca")


@given(
    cron=st.sampled_from(CRONS),
    timezone=st.sampled_from(ZONES),
    moment=st.one_of(
        st.floats(0, 365 * 4).map(lambda days: FIRST + timedelta(days=days)),
        st.tuples(st.sampled_from(CHANGES), st.integers(-240, 240)).map(
            lambda near: near[0] + timedelta(minutes=near[1])
        ),
    ),
    earlier=st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_the_next_turn_is_later_and_the_same_from_anywhere_before_it(
    cron: str, timezone: str, moment: datetime, earlier: timedelta
) -> None:
    """Otherwise a worker that looks later than another would see other turns."""
    schedule = Schedule("tests.schedule", cron, timezone, lambda: Work(label="a"))
    turn = next_turn(schedule, moment)
    assert turn > moment
    assert next_turn(schedule, moment - earlier) <= turn
    halfway = moment + (turn - moment) / 2
    assert next_turn(schedule, halfway) == turn
