"""Schedules: messages that are sent again and again, at the times of a cron expression."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from colonnade.application.messaging.messages import Message


@dataclass(frozen=True, slots=True)
class Schedule:
    """One message and its times.

    Attributes:
        name: Stable name; when it was sent last is kept under it.
        cron: Five fields as in crontab(5), or six with seconds first.
        timezone: IANA name of the time zone that the fields are read in.
        make: Makes the message for a turn.
    """

    name: str
    cron: str
    timezone: str
    make: Callable[[], Message[Any]]


class Schedules:
    """A module's schedules, given to the worker by the composition root.

    At the end of summer time a job at a fixed time runs once in the hour that is there twice, and at its beginning a
    job in the hour that is not there runs right after it, as Debian's cron does.

    Example:
        >>> schedules = Schedules()
        >>> schedules.cron("notifications.digests", "0 * * * *", SendDigests)
    """

    def __init__(self) -> None:
        self._schedules: list[Schedule] = []

    def __iter__(self) -> Iterator[Schedule]:
        return iter(self._schedules)

    def cron(self, name: str, cron: str, make: Callable[[], Message[Any]], *, timezone: str = "UTC") -> None:
        """Send a message at the times of a cron expression.

        A turn that nobody was there for is made up for once, however many were missed.
        """
        self._schedules.append(Schedule(name, cron, timezone, make))
