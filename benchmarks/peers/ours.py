"""The server under comparison, as it ships: every behaviour, log and metric on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr
from starlette.types import ASGIApp

from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.monitoring.logs import configure_logs
from colonnade.server.application import running_server
from colonnade.server.settings import DatabaseSection, IdentitySection, LogSection, Settings
from peers.place import Place


def settings_of(place: Place) -> Settings:
    """Return the server's settings: defaults, but for the place and for log lines of requests that went well."""
    return Settings(
        data_dir=Path(place.folder),
        database=DatabaseSection(url=SecretStr(place.database_url), pool_size=place.pool_size),
        identity=IdentitySection(signing_key_file=place.key_file),
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
