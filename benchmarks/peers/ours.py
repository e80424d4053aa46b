"""The server under comparison, as it ships: every behaviour, log and metric on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr
from starlette.types import ASGIApp

from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.monitoring.logs import configure_logs
from colonnade.server.application import running_server
from colonnade.server.settings import DatabaseSection, IdentitySection, LogSection, RateSection, Settings
from peers.place import Place


def settings_of(place: Place) -> Settings:
    """Return the server's settings: defaults, but for the place, for quotas, and for log lines of what went well.

    Requests are counted like any others; nobody asks as often as a benchmark.
    """
    return Settings(
        data_dir=Path(place.folder),
        database=DatabaseSection(url=SecretStr(place.database_url), pool_size=place.pool_size),
        identity=IdentitySection(signing_key_file=place.key_file),
        rates=RateSection(factor=1e6),
        logs=LogSection(level="WARNING"),
    )


@asynccontextmanager
async def application(place: Place) -> AsyncIterator[ASGIApp]:
    """Give the application while its parts run."""
    settings = settings_of(place)
    configure_logs(level=settings.logs.level, log_format=settings.logs.format)
    async with running_server(settings) as server:
        await (await server.container.get(StreamNotifications)).listening()
        yield server.application
