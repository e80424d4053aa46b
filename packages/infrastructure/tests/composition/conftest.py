"""What the tests of a service without a container share."""

import pytest

from colonnade.infrastructure.composition import ServiceResolver
from colonnade.infrastructure.database import Database
from colonnade.testing import FrozenClock

from .bells import Heard, belfry


@pytest.fixture
def heard() -> Heard:
    """What is heard in a test."""
    return Heard()


@pytest.fixture
def resolver(database: Database, clock: FrozenClock, heard: Heard) -> ServiceResolver:
    """The service of bells, on each engine in turn."""
    return belfry(database, clock, heard)
