"""The database is locked or gone: requests say when to come back, and everything recovers by itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import make_url, text

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.testing.databases import PostgresTemplate

from .house import House, Person, open_house, problem, settings_for
from .waiting import eventually


def says_when(answer: httpx2.Response) -> None:
    """Check that an answer is a refusal for now."""
    assert problem(answer, 503)["code"] == "unavailable"
    assert int(answer.headers["retry-after"]) >= 1


async def test_a_locked_database_is_unavailable_for_writers_alone(sqlite_url: str, tmp_path: Path) -> None:
    """Readers go on, and writers as soon as it is free again; nothing is half done."""
    settings = settings_for(tmp_path, sqlite_url, database={"busy_timeout_seconds": 0.05})
    async with open_house(settings) as house:
        ada = await house.person()
        workspace = await house.workspace(ada)
        project = await house.project(ada, workspace)
        before = len(await house.events())
        with closing(sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(3):
                says_when(await ada.send("POST", f"{project}/tasks", {"title": "Ship it"}))
            says_when(await ada.send("POST", f"{project}/tasks", {"title": "Ship it"}, idempotency_key="k"))
            assert (await ada.get(f"{workspace}/tasks"))["items"] == []
            assert (await house.http.get("/health/ready")).status_code == 200
        assert len(await house.events()) == before
        assert (await ada.post(f"{project}/tasks", {"title": "Ship it"}, idempotency_key="k"))["key"] == "WEB-1"
        assert (await ada.post(f"{project}/tasks", {"title": "Ship it"}))["key"] == "WEB-2"


async def test_writers_that_wait_for_sqlite_hold_up_no_reader(sqlite_url: str, tmp_path: Path) -> None:
    """However many they are; each has its turn as soon as the database is free."""
    async with open_house(settings_for(tmp_path, sqlite_url, database={"pool_size": 4})) as house:
        ada = await house.person()
        workspace = await house.workspace(ada)
        project = await house.project(ada, workspace)
        with closing(sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            writers = [
                asyncio.create_task(ada.send("POST", f"{project}/tasks", {"title": f"Task {n}"})) for n in range(12)
            ]
            for _ in range(20):
                assert (await ada.get(f"{workspace}/tasks"))["items"] == []
            assert not [writer for writer in writers if writer.done()]
        answers = await asyncio.gather(*writers)
        assert [answer.status_code for answer in answers] == [201] * len(writers)


class Cable:
    """What the server reaches PostgreSQL by; it can be pulled out."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._server: asyncio.Server | None = None
        self._writers = set[asyncio.StreamWriter]()
        self.port = 0

    async def plug_in(self) -> None:
        """Let connections through."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pull_out(self) -> None:
        """Cut every connection and refuse new ones."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._socket)
        ends = {writer, back}
        self._writers |= ends
        try:
            await asyncio.gather(_carry(reader, back), _carry(there, writer))
        finally:
            self._writers -= ends
            for end in ends:
                end.close()


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while piece := await source.read(65_536):
            target.write(piece)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


@asynccontextmanager
async def cabled_house(template: PostgresTemplate, data_dir: Path) -> AsyncIterator[tuple[House, Cable]]:
    """Start a server that reaches PostgreSQL by a cable."""
    async with template.copy() as given:
        url = make_url(given)
        cable = Cable(f"{url.query['host']}/.s.PGSQL.5432")
        await cable.plug_in()
        through = url.set(host="127.0.0.1", port=cable.port, query={"ssl": "disable"})
        settings = settings_for(
            data_dir, through.render_as_string(hide_password=False), database={"pool_timeout_seconds": 0.5}
        )
        try:
            async with open_house(settings) as house:
                yield house, cable
        finally:
            await cable.pull_out()


@pytest.mark.integration
async def test_a_database_that_is_gone_is_said_to_be_and_comes_back(
    postgres_template: PostgresTemplate, tmp_path: Path
) -> None:
    """Every kind of request says when to try again, health fails, and afterwards all is as before."""
    async with cabled_house(postgres_template, tmp_path) as (house, cable):
        ada = await house.person()
        workspace = await house.workspace(ada)
        project = await house.project(ada, workspace)
        await cable.pull_out()
        for _ in range(2):
            for method, path, body in _requests(ada, workspace, project):
                says_when(await ada.send(method, path, body))
            ready = await house.http.get("/health/ready")
            assert (ready.status_code, ready.json()["status"]) == (503, "failed")
            assert ready.headers["retry-after"]
            assert (await house.http.get("/health/live")).status_code == 200
            assert (await house.http.get("/metrics")).status_code == 200
        await cable.plug_in()
        await _recovers(house, ada, project)
        made = await ada.get(f"{workspace}/tasks?sort=created")
        assert [task["number"] for task in made["items"]] == list(range(1, len(made["items"]) + 1))


@pytest.mark.integration
async def test_terminated_connections_are_replaced(postgres_template: PostgresTemplate, tmp_path: Path) -> None:
    """An operator ends them all, again and again; the answers are good ones or say when to come back."""
    async with postgres_template.copy() as url, open_house(settings_for(tmp_path, url)) as house:
        ada = await house.person()
        project = await house.project(ada, await house.workspace(ada))
        for _ in range(3):
            await _terminate(url)
            answers = await asyncio.gather(
                *(ada.send("POST", f"{project}/tasks", {"title": "Ship it"}) for _ in range(10))
            )
            for answer in answers:
                assert answer.status_code == 201 or says_when(answer) is None
        await _recovers(house, ada, project)


@pytest.mark.integration
async def test_what_was_remembered_is_not_trusted_while_nothing_is_heard(
    postgres_template: PostgresTemplate, tmp_path: Path
) -> None:
    """A role that was changed elsewhere during the outage is the new one afterwards."""
    async with cabled_house(postgres_template, tmp_path) as (house, cable):
        ada, ben = await house.person(), await house.person()
        workspace = await house.workspace(ada, member=ben)
        project = await house.project(ada, workspace)
        await ben.post(f"{project}/tasks", {"title": "Ship it"})
        database = await house.server.container.get(Database)
        await cable.pull_out()
        says_when(await ben.send("POST", f"{project}/tasks", {"title": "Ship it"}))
        await cable.plug_in()

        async def written() -> bool:
            change = text("UPDATE memberships SET role = 'guest' WHERE user_id = :user RETURNING 1")
            try:
                return bool(await database.write(change, {"user": ben.id}))
            except Exception as error:  # noqa: BLE001 - the outage may last a moment longer
                return "not answer" not in str(error)

        await eventually(written, "the role is changed behind the server's back")
        problem(await ben.send("POST", f"{project}/tasks", {"title": "Ship it"}), 403)


def _requests(person: Person, workspace: str, project: str) -> list[tuple[str, str, object]]:
    return [
        ("GET", f"{workspace}/tasks", None),
        ("GET", "/workspaces", None),
        ("POST", f"{project}/tasks", {"title": "Ship it"}),
        ("POST", "/identity/sessions", {"email": person.email, "password": "whatever it is"}),
        ("POST", "/identity/sessions/refresh", {"refresh_token": person.tokens["refresh_token"]}),
    ]


async def _recovers(house: House, ada: Person, project: str) -> None:
    async def works() -> bool:
        return (await ada.send("POST", f"{project}/tasks", {"title": "Ship it"})).status_code == 201

    await eventually(works, "a task can be made again")
    await eventually(lambda: _is_ready(house), "health is good again")
    async with asyncio.timeout(20):
        await (await house.server.container.get(StreamNotifications)).listening()


async def _is_ready(house: House) -> bool:
    return (await house.http.get("/health/ready")).status_code == 200


async def _terminate(url: str) -> None:
    from colonnade.infrastructure.database import DatabaseSettings

    other = Database(DatabaseSettings(url, pool_size=1))
    try:
        await other.fetch(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    finally:
        await other.dispose()
