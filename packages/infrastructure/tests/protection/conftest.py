"""A place in which people have keys."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from colonnade.testing import FrozenClock

from .registry import Registry


@pytest.fixture
async def registry(database_url: str, tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Registry]:
    """A registry of people on each engine in turn, whose keys lie in a database of their own."""
    registry = Registry(database_url, f"sqlite:///{tmp_path / 'keys.db'}", clock)
    await registry.found()
    yield registry
    await registry.close()
