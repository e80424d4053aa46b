"""Servers to attack: accounts can be used at once, and passwords are hashed as cheaply as the library allows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ..house import House, open_house
from .people import open_settings


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server on SQLite."""
    async with open_house(open_settings(tmp_path, sqlite_url)) as house:
        yield house


@pytest.fixture
async def each_house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server on each engine in turn."""
    async with open_house(open_settings(tmp_path, database_url, database={"pool_size": 20})) as house:
        yield house


@pytest.fixture
async def working_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server on SQLite that does what follows commits in its own process."""
    async with open_house(open_settings(tmp_path, sqlite_url), works=True) as house:
        yield house
