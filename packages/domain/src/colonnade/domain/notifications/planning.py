"""When somebody is told, and together with what: pure functions of the moment and of what they want."""

from datetime import datetime, time, timedelta
from enum import Enum
from typing import NamedTuple

from colonnade.domain.notifications.kinds import FOLDED, Channel, Kind, Timing
from colonnade.domain.notifications.settings import PersonalSettings


class Together(Enum):
    """What goes out with a notification."""

    NOTHING = "nothing"
    THREAD = "thread"
    """Whatever else is told about the same thing until then."""
    DIGEST = "digest"
    """Whatever else waits for the digest."""


class Plan(NamedTuple):
    """When a notification goes out, and with what.

    Attributes:
        at: The moment, in the time zone of the moment that it was planned at.
        together: What goes with it.
    """

    at: datetime
    together: Together


def plan(
    kind: Kind, channel: Channel, timing: Timing, settings: PersonalSettings, now: datetime, *, fold: timedelta
) -> Plan | None:
    """Return when somebody is told of something by a channel, or none if not at all.

    Quiet hours hold back what goes outside until they end. The app is always at once, and a digest goes out at the hour
    that the person chose for it.

    Args:
        kind: Of what.
        channel: By which way.
        timing: How soon they want to hear of it.
        settings: Theirs.
        now: The present moment, aware.
        fold: How long kinds that come in bursts wait for more.
    """
    if timing is Timing.OFF:
        return None
    if channel is Channel.IN_APP:
        return Plan(now, Together.NOTHING)
    if timing is Timing.DIGEST:
        return Plan(next_digest(settings, now), Together.DIGEST)
    folded = kind in FOLDED
    at = now + fold if folded else now
    if settings.quiet_hours is not None:
        at = settings.quiet_hours.after(at, settings.timezone.rules)
    return Plan(at, Together.THREAD if folded else Together.NOTHING)


def next_digest(settings: PersonalSettings, now: datetime) -> datetime:
    """Return when somebody's next digest goes out, always later than now.

    Each hour comes once a day: of an hour that is there twice in autumn the first, and for one that is left out in
    spring the moment at which clocks are put forward.
    """
    zone = settings.timezone.rules
    today = now.astimezone(zone).date()
    candidates = (
        datetime.combine(today + timedelta(days=ahead), time(hour), zone).astimezone(now.tzinfo)
        for ahead in range(3)
        for hour in settings.digest_hours
    )
    return min(candidate for candidate in candidates if candidate > now)
