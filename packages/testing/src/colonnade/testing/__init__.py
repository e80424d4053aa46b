"""What tests of Colonnade services stand on: real servers, clocks, factories, fakes and suites that both must pass."""

from colonnade.testing.clock import FrozenClock
from colonnade.testing.events import assert_nothing_recorded, assert_recorded, recorded

__all__ = ["FrozenClock", "assert_nothing_recorded", "assert_recorded", "recorded"]
