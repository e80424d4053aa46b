"""Quiet hours end when the wall says so, in every zone and on every day of the year."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from pydantic import ValidationError

from colonnade.domain.notifications import QuietHours

from .moments import moments, quiet, quiet_hours, wall, zones

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = quiet("22:00", "07:00")


@given(hours=quiet_hours, moment=moments, zone=zones)
def test_whoever_waits_for_the_end_disturbs_nobody(hours: QuietHours, moment: datetime, zone: str) -> None:
    later = hours.after(moment, ZoneInfo(zone))
    assert later >= moment
    assert not hours.covers(wall(later, zone))


@given(hours=quiet_hours, moment=moments, zone=zones)
def test_nobody_waits_outside_the_quiet_hours(hours: QuietHours, moment: datetime, zone: str) -> None:
    assert (hours.after(moment, ZoneInfo(zone)) == moment) is not hours.covers(wall(moment, zone))


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-01-05T21:00+01:00", "2026-01-05T21:00+01:00"),
        ("2026-01-05T22:00+01:00", "2026-01-06T07:00+01:00"),
        ("2026-01-06T06:59+01:00", "2026-01-06T07:00+01:00"),
        ("2026-01-06T07:00+01:00", "2026-01-06T07:00+01:00"),
        ("2026-03-28T23:00+01:00", "2026-03-29T07:00+02:00"),
        ("2026-10-24T23:00+02:00", "2026-10-25T07:00+01:00"),
    ],
)
def test_the_night_ends_in_the_morning_in_summer_and_winter(moment: str, end: str) -> None:
    assert NIGHT.after(datetime.fromisoformat(moment), BERLIN) == datetime.fromisoformat(end)


def test_an_end_that_is_left_out_in_spring_comes_later() -> None:
    hours = quiet("22:00", "02:30")
    moment = datetime.fromisoformat("2026-03-29T01:00+01:00")
    assert hours.after(moment, BERLIN) == datetime.fromisoformat("2026-03-29T03:30+02:00")


@pytest.mark.parametrize(
    ("moment", "end"),
    [("2026-10-25T02:10+02:00", "2026-10-25T02:30+02:00"), ("2026-10-25T02:10+01:00", "2026-10-25T02:30+01:00")],
)
def test_an_end_that_is_there_twice_in_autumn_is_the_next_one(moment: str, end: str) -> None:
    assert quiet("22:00", "02:30").after(datetime.fromisoformat(moment), BERLIN) == datetime.fromisoformat(end)


def test_the_answer_is_in_the_time_zone_of_the_question() -> None:
    assert NIGHT.after(datetime(2026, 1, 5, 23, tzinfo=UTC), BERLIN).tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "end"), [("22:00", "22:00"), ("22:00:30", "07:00"), ("22:00", "07:00Z"), ("24:00", "07:00"), ("", "1")]
)
def test_hours_that_make_no_sense_are_refused(start: str, end: str) -> None:
    with pytest.raises(ValidationError):
        quiet(start, end)
