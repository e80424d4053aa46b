"""Real databases for real processes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from colonnade.testing.databases import PostgresTemplate
from colonnade.testing.fixtures import (  # noqa: F401 - fixtures
    postgres_template,
    postgres_url,
    prepare_database,
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
async def variables(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """The environment of a server on each engine in turn."""
    if request.param == "sqlite":
        yield {"COLONNADE_DATA_DIR": str(tmp_path / "data")}
        return
    template: PostgresTemplate = request.getfixturevalue("postgres_template")
    async with template.copy() as url:
        yield {"COLONNADE_DATA_DIR": str(tmp_path / "data"), "COLONNADE_DATABASE__URL": url}
