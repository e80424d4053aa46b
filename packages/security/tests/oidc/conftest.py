"""The provider's process, which all tests of a module share."""

from collections.abc import Iterator

import pytest

from .clients import NowClock
from .running import RunningProvider, running_provider


@pytest.fixture(scope="module")
def process() -> Iterator[RunningProvider]:
    """The provider's process."""
    with running_provider() as running:
        yield running


@pytest.fixture
def provider(process: RunningProvider) -> RunningProvider:
    """The provider, well behaved."""
    process.behave()
    process.rotate()
    return process


@pytest.fixture
def clock() -> NowClock:
    """A clock."""
    return NowClock()
