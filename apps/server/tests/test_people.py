"""People get all that is kept of them, and are erased: from tables, the event log, the audit and backups."""

import asyncio
import io
import json
import shutil
import zipfile
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result
from sqlalchemy import select, text

from colonnade.core import Clock
from colonnade.core.personal import personal_fields
from colonnade.infrastructure.audit import AuditVerifier
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.protection import PersonKeys
from colonnade.infrastructure.protection.classification import CLASSIFICATION
from colonnade.server.people import protect_what_is_there
from colonnade.server.schema import schema_of
from colonnade.server.settings import Settings
from colonnade.server.working import begin_subscriptions
from colonnade.testing import FrozenClock
from colonnade.testing.databases import PostgresTemplate
from colonnade.testing.planted import PLANTED_KEY

from .commands import Console, run
from .house import PASSWORD, House, Json, Person, good, open_house, problem, settings_for
from .waiting import eventually, found

NAME = "Augusta Byron-Lovelace"
PHONE = "+491701234567"
_FIRST = UUID(int=0)


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server that works, on each engine in turn, whose keys lie in a file of their own."""
    settings = settings_for(tmp_path, database_url, keys={"url": f"sqlite:///{tmp_path / 'keys.db'}"})
    async with open_house(settings) as house:
        await begin_subscriptions(house.server.container)
        async with house.at_work():
            yield house


async def inhabited(house: House) -> tuple[Person, Person, str]:
    """Return somebody who has done all that leaves something of them, a colleague, and their workspace's path."""
    ada, ben = await house.person(NAME), await house.person("Ben")
    workspace = await house.workspace(ada, owner=ben)
    project = await house.project(ada, workspace)
    task = await ada.post(f"{project}/tasks", {"title": "Ship it", "assignee_id": ada.id})
    await ben.post(f"{project}/tasks", {"title": "Test it", "assignee_id": ada.id})
    await ada.patch(f"{workspace}/tasks/{task['id']}", {"assignee_id": ben.id})
    await ada.patch("/notifications/settings", {"phone": PHONE, "chat_url": "https://chat.example.com/byron"})
    await ada.post("/identity/tokens", {"name": "Report", "permissions": ["task.read"], "days": 1})
    return ada, ben, workspace


async def news(person: Person, thread: str) -> Json:
    """Wait for a notification."""

    async def look() -> Json | None:
        items = (await person.get("/notifications"))["items"]
        return next((item for item in items if item["thread"] == thread), None)

    told: Json = await found(look, f"news of {thread}")
    return told


async def erased(house: House, person: Person) -> None:
    """Erase somebody and wait until their key is destroyed."""
    good(await person.send("POST", "/identity/me/erase"))
    keys = await house.server.container.get(PersonKeys)

    async def is_destroyed() -> bool:
        return person.id in {str(one) for one in await keys.destroyed(after=_FIRST, limit=100)}

    await eventually(is_destroyed, "the key is destroyed")


async def dump(house: House) -> bytes:
    """Return everything that the database of the product holds, as one would grep a backup."""
    database = await house.server.container.get(Database)
    if not database.is_postgresql:
        await database.write(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return await asyncio.to_thread(Path(str(database.engine.url.database)).read_bytes)
    pieces = []
    for table in metadata.sorted_tables:
        rows = await database.fetch(text(f"SELECT t::text FROM {table.name} t"))
        pieces += [row[0].encode() for row in rows]
    return b"\n".join(pieces)


async def rows_of(house: House, person: Person) -> list[str]:
    """Return the tables that still have rows that are somebody's alone."""
    database, found = await house.server.container.get(Database), []
    for table in metadata.sorted_tables:
        classified = CLASSIFICATION[table.name]
        if classified.goes:
            owner = table.c[classified.people[0]]
            found += [table.name] * bool(await database.fetch(select(table).where(owner == UUID(person.id))))
    return found


def traces(content: bytes, person: Person) -> list[str]:
    """Return what of somebody is readable in bytes, in text or in hexadecimal digits."""
    searched = (NAME, person.email, PHONE, "chat.example.com/byron")
    return [one for one in searched if one.encode() in content or one.encode().hex().encode() in content]


async def test_nothing_is_readable_without_a_key_from_the_beginning(office: House) -> None:
    """Whoever has a copy of the database has no names, addresses, or phone numbers."""
    ada, ben, workspace = await inhabited(office)
    assert traces(await dump(office), ada) == []
    assert {member["name"] for member in (await ben.get(f"{workspace}/members"))["items"]} == {NAME, "Ben"}
    assert (await ben.get(f"{workspace}/tasks/count?filter=assignee:{ada.email}"))["count"] == 1


async def test_somebody_is_erased(office: House) -> None:
    """Readers see that there was somebody; the log replays; the audit is whole; the address can register again."""
    ada, ben, workspace = await inhabited(office)
    assert {"sessions", "notifications", "personal_tokens"} <= set(await rows_of(office, ada))
    await erased(office, ada)
    assert traces(await dump(office), ada) == []
    problem(await ada.send("GET", "/identity/me"), 401)
    refused = await ada.send("POST", "/identity/sessions", {"email": ada.email, "password": PASSWORD})
    problem(refused, 401)
    assert await rows_of(office, ada) == []
    assert [member["name"] for member in (await ben.get(f"{workspace}/members"))["items"]] == ["Ben"]
    tasks = (await ben.get(f"{workspace}/tasks"))["items"]
    assert {task["created_by"] for task in tasks} == {ada.id, ben.id}

    async def is_released() -> bool:
        return all(task["assignee_id"] != ada.id for task in (await ben.get(f"{workspace}/tasks"))["items"])

    await eventually(is_released, "their tasks are nobody's")
    for recorded in await office.events():
        for field in personal_fields(type(recorded.event)).values():
            if str(getattr(recorded.event, field.owner)) == ada.id:
                assert getattr(recorded.event, field.name) == field.erased
    verifier = await office.server.container.get(AuditVerifier)
    assert [fault async for fault in verifier.faults()] == []
    again = Person(office.http, ada.email)
    body = {"email": ada.email, "name": NAME, "password": PASSWORD}
    again.id = (await again.post("/identity/users", body))["user_id"]
    again.tokens = await again.sign_in()
    assert again.id != ada.id
    assert (await again.get("/identity/me"))["name"] == NAME


async def test_two_people_are_erased(office: House) -> None:
    """Though the table wants an address of each."""
    for _ in range(2):
        await erased(office, await office.person(NAME))


async def test_where_somebody_came_from_goes_from_the_audit(office: House) -> None:
    """An owner sees it as long as they are there; afterwards, that it was erased, and the chain is as it was."""
    ada, ben, workspace = await inhabited(office)

    async def entries() -> list[Json]:
        items: list[Json] = (await ben.get(f"{workspace}/audit?person={ada.id}"))["items"]
        return [item for item in items if item["caller"] == ada.id and item["address"] is not None]

    before = await found(entries, "entries about them")
    assert {entry["address"] for entry in before} == {"127.0.0.1"}
    await erased(office, ada)
    after = {entry["sequence"]: entry for entry in await entries()}
    assert {after[entry["sequence"]]["address"] for entry in before} == {"erased"}
    assert [after[entry["sequence"]]["hash"] for entry in before] == [entry["hash"] for entry in before]


async def test_the_last_owner_stays(office: House) -> None:
    """The workspace is named; nothing has happened."""
    ada, ben = await office.person(NAME), await office.person("Ben")
    workspace = await office.workspace(ada, member=ben)
    document = problem(await ada.send("POST", "/identity/me/erase"), 409)
    assert document["code"] == "identity.still_owner"
    assert document["workspaces"] == [workspace.removeprefix("/workspaces/")]
    assert "Analytical Engines" in document["detail"]
    assert (await ada.get("/identity/me"))["name"] == NAME
    await ada.patch(f"{workspace}/members/{ben.id}", {"role": "owner"})
    await erased(office, ada)


@pytest.mark.parametrize("path", ["/identity/me/erase", "/identity/me/data"])
async def test_both_ask_for_a_fresh_proof(sqlite_url: str, tmp_path: Path, path: str) -> None:
    """A token that somebody found is not enough, and neither is a script's."""
    clock = FrozenClock()
    async with open_house(settings_for(tmp_path, sqlite_url), {Clock: clock}) as house:
        ada = await house.person(NAME)
        clock.advance(seconds=house.settings.identity.step_up_seconds + 1)
        ada.tokens = good(
            await ada.send("POST", "/identity/sessions/refresh", {"refresh_token": ada.tokens["refresh_token"]})
        )
        assert problem(await ada.send("POST", path), 401)["code"] == "step_up_required"


async def test_somebody_gets_all_their_data(office: House) -> None:
    """By a link that is told to them alone; no secret is in it, and nothing about where others came from."""
    ada, _, _ = await inhabited(office)
    asked = await ada.post("/identity/me/data")
    told = await news(ada, asked["thread"])
    link = told["facts"]["url"]
    answer = await office.http.get(link[link.index("/api/") :])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        sections = {
            name.removesuffix(".jsonl"): [json.loads(line) for line in archive.read(name).splitlines()]
            for name in archive.namelist()
        }
    (account,) = sections["users"]
    assert (account["name"], account["email"]) == (NAME, ada.email)
    assert "password_hash" not in account
    (settings,) = sections["notification_settings"]
    assert settings["phone"] == PHONE
    assert {session["address"] for session in sections["sessions"]} == {"127.0.0.1"}
    assert not {"refresh_hash", "former_hash"} & sections["sessions"][0].keys()
    assert {task["title"] for task in sections["tasks"]} == {"Ship it", "Test it"}
    assert [token["name"] for token in sections["personal_tokens"]] == ["Report"]
    assert sections["memberships"]
    problem(await ada.send("POST", "/identity/me/data"), 409)
    await erased(office, ada)

    async def is_gone() -> bool:
        return (await office.http.get(link[link.index("/api/") :])).status_code == 404

    await eventually(is_gone, "the archive is deleted")


async def test_a_backup_of_before_is_as_good_as_none(sqlite_url: str, tmp_path: Path) -> None:
    """Restored beside the keys of today: nobody is called anything there, and nobody signs in."""
    settings = settings_for(tmp_path, sqlite_url)
    backup = tmp_path / "backup.db"
    async with open_house(settings) as house:
        await begin_subscriptions(house.server.container)
        async with house.at_work():
            ada, ben, workspace = await inhabited(house)
            await dump(house)
            shutil.copy(str((await house.server.container.get(Database)).engine.url.database), backup)
            await erased(house, ada)
    assert traces(backup.read_bytes(), ada) == []
    async with open_house(_with_database(settings, backup)) as restored:
        ben = restored.at(ben)
        ben.tokens = await ben.sign_in()
        names = {member["name"] for member in (await ben.get(f"{workspace}/members"))["items"]}
        assert names == {"Ben", "Erased person"}
        await protect_what_is_there(restored.server.container, restored.server.bus)
        names = {member["name"] for member in (await ben.get(f"{workspace}/members"))["items"]}
        assert names == {"Ben"}
        again = Person(restored.http, ada.email)
        signed = await again.send("POST", "/identity/sessions", {"email": ada.email, "password": PASSWORD})
        problem(signed, 401)


@pytest.mark.integration
async def test_a_backup_of_postgresql_is_as_good_as_none(postgres_template: PostgresTemplate, tmp_path: Path) -> None:
    """Where keys have a database of their own: of the person it holds nothing that could be read."""
    keys = {"url": f"sqlite:///{tmp_path / 'own-keys.db'}"}
    async with postgres_template.copy() as url:
        settings = settings_for(tmp_path, url, keys=keys)
        async with open_house(settings) as house:
            await begin_subscriptions(house.server.container)
            async with house.at_work():
                ada, ben, workspace = await inhabited(house)
        async with postgres_template.copy(of=url) as backup:
            async with open_house(settings) as house, house.at_work():
                await erased(house, house.at(ada))
            async with open_house(settings_for(tmp_path, backup, keys=keys)) as restored:
                assert traces(await dump(restored), ada) == []
                await protect_what_is_there(restored.server.container, restored.server.bus)
                ben = restored.at(ben)
                ben.tokens = await ben.sign_in()
                assert [member["name"] for member in (await ben.get(f"{workspace}/members"))["items"]] == ["Ben"]


@pytest.mark.integration
async def test_keys_beside_the_data_are_warned_of(
    postgres_template: PostgresTemplate, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Until they have a database of their own: a backup of both would bring everybody back."""
    async with postgres_template.copy() as url:
        for keys, warned in (({}, True), ({"url": f"sqlite:///{tmp_path / 'keys.db'}"}, False)):
            caplog.clear()
            async with open_house(settings_for(tmp_path, url, keys=keys)) as house:
                await protect_what_is_there(house.server.container, house.server.bus)
            assert ("keys.url" in caplog.text) is warned


@pytest.mark.integration
async def test_the_other_server_forgets_the_key(postgres_template: PostgresTemplate, tmp_path: Path) -> None:
    """Though it had just used it: at the next request it reads nothing any more."""
    async with postgres_template.copy() as url:
        settings = settings_for(tmp_path, url)
        async with open_house(settings) as one, open_house(settings) as two:
            ada = await one.person(NAME)
            keys = await one.server.container.get(PersonKeys)
            stream = f"user-{ada.id}"

            async def known() -> str:
                events = [event for event in await two.events() if event.stream == stream]
                return str(events[0].event.name)  # type: ignore[attr-defined]  # the first one is of that class

            assert await known() == NAME
            await keys.destroy(UUID(ada.id))

            async def forgotten() -> bool:
                return await known() == "Erased person"

            await eventually(forgotten, "the other server has no key")


def _with_database(settings: Settings, file: Path) -> Settings:
    database = settings.database.model_copy(update={"url": type(settings.database.url)(f"sqlite:///{file}")})
    return settings.model_copy(update={"database": database})


def in_house(data_dir: Path, work: Callable[[House], Coroutine[None, None, None]]) -> None:
    """Let something happen in the server of an installation, which then stops."""

    async def happen() -> None:
        settings = settings_for(data_dir, f"sqlite:///{data_dir / 'colonnade.db'}")
        async with open_house(settings) as house:
            await schema_of(await house.server.container.get(Database)).upgrade()
            await work(house)

    asyncio.run(happen())


class _Machine(Console):
    """The machine of an installation whose secret is set."""

    def __call__(self, *arguments: str) -> Result:
        return run(*arguments, cwd=self.data_dir, COLONNADE_DATA_DIR=str(self.data_dir), COLONNADE_SECRET=PLANTED_KEY)


def test_an_operator_gives_somebody_their_data_and_erases_them(tmp_path: Path) -> None:
    """It is noted; the key is destroyed by the next server that works."""
    people: list[Person] = []

    async def furnish(house: House) -> None:
        people.append(await house.person(NAME))

    in_house(tmp_path, furnish)
    console, (ada,) = _Machine(tmp_path), people
    file = tmp_path / "data.json"
    said = console.json("people", "export", ada.email, "--output", str(file))
    assert said["user_id"] == ada.id
    assert json.loads(file.read_text())["sections"]["users"][0]["name"] == NAME
    assert file.stat().st_mode & 0o777 == 0o600
    for taken in (file, tmp_path / "gone" / "data.json"):
        refused = console.refusal("people", "export", ada.email, "--output", str(taken), code=2)
        assert "name a file that is not there yet" in refused
    assert console.json("people", "erase", ada.email, "--yes") == {"user_id": ada.id}
    assert "nobody with this address" in console.refusal("people", "erase", ada.email, "--yes")
    acts = [(row["act"], row["subject"]) for row in console.json("acts")]
    assert acts == [("identity.erase_person", ada.id), ("identity.export_person", ada.id)]

    async def work(house: House) -> None:
        keys = await house.server.container.get(PersonKeys)

        async def is_destroyed() -> bool:
            return bool(await keys.destroyed(after=_FIRST, limit=1))

        async with house.at_work():
            await eventually(is_destroyed, "the key is destroyed")

    in_house(tmp_path, work)
