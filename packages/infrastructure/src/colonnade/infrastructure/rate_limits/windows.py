"""Fixed windows: one counter a key, whose end every process works out by itself.

A window that moves is exact to the request, but has no moment at which the quota is whole again, which is what the
`RateLimit` header tells, and costs a list of requests or a second round trip. The price is that two bursts may meet at
the edge between two windows; that edge lies elsewhere for each key.
"""

from typing import NamedTuple
from zlib import crc32


class Hits(NamedTuple):
    """How often something was counted, and how long that lasts.

    Attributes:
        used: Hits in the present window, with this one.
        seconds: Whole seconds until the window ends, at least one.
    """

    used: int
    seconds: int


def window_of(key: str, window_seconds: int, now: float) -> tuple[int, int]:
    """Return the number of the present window of a key, and in how many seconds it ends.

    Args:
        key: Whose window; it decides where the edges are, so that not all quotas end at the same moment.
        window_seconds: Length of a window.
        now: Seconds since the epoch.
    """
    number, passed = divmod(int(now) + crc32(key.encode()) % window_seconds, window_seconds)
    return number, window_seconds - passed
