"""Schedules as a module declares them: collected, in order, and nothing happens yet."""

from colonnade.application import Command
from colonnade.application.jobs import Schedule, Schedules
from colonnade.application.messaging import INTERNAL


class SendDigests(Command[None], name="tests.send_digests", requires=INTERNAL):
    """Send what has gathered."""


def test_schedules_are_kept_in_order() -> None:
    schedules = Schedules()
    schedules.cron("tests.hourly", "0 * * * *", SendDigests)
    schedules.cron("tests.daily", "0 9 * * *", SendDigests, timezone="Europe/Berlin")
    assert list(schedules) == [
        Schedule("tests.hourly", "0 * * * *", "UTC", SendDigests),
        Schedule("tests.daily", "0 9 * * *", "Europe/Berlin", SendDigests),
    ]


def test_schedules_can_be_read_again_and_again() -> None:
    schedules = Schedules()
    schedules.cron("tests.hourly", "0 * * * *", SendDigests)
    assert list(schedules) == list(schedules)


def test_a_message_is_made_at_its_turn_and_not_before() -> None:
    made: list[SendDigests] = []

    def make() -> SendDigests:
        made.append(SendDigests())
        return made[-1]

    schedules = Schedules()
    schedules.cron("tests.hourly", "0 * * * *", make)
    (schedule,) = schedules
    assert made == []
    assert [schedule.make(), schedule.make()] == made
