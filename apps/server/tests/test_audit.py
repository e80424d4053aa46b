"""Who did what is in the audit, in order and beyond altering: over HTTP for owners, at the machine for operators."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from colonnade.infrastructure.audit import AuditVerifier
from colonnade.infrastructure.audit.tables import entries
from colonnade.infrastructure.database import Database
from colonnade.server.schema import schema_of

from .commands import Console
from .house import House, Json, Person, open_house, problem, settings_for
from .waiting import found


async def audited(owner: Person, workspace: str, count: int, **wanted: str) -> list[Json]:
    """Wait for so many entries of a workspace, and return them, the oldest first."""
    query = "&".join(f"{name}={value}" for name, value in wanted.items())

    async def look() -> list[Json] | None:
        items = (await owner.get(f"{workspace}/audit?{query}"))["items"]
        return items[::-1] if len(items) >= count else None

    return await found(look, f"{count} entries of the audit")


async def faults(house: House) -> list[Any]:
    """Verify everything."""
    verifier = await house.server.container.get(AuditVerifier)
    return [fault async for fault in verifier.faults()]


async def test_an_owner_reads_who_did_what_from_where(each_working_house: House) -> None:
    house = each_working_house
    ada, ben = await house.person("Ada Lovelace"), await house.person("Ben Babbage")
    workspace = await house.workspace(ada, guest=ben)
    problem(await ben.send("PATCH", workspace, {"name": "Mine"}), 403)
    (refusal,) = await audited(ada, workspace, 1, outcome="refused")
    assert (refusal["caller"], refusal["message"]) == (ben.id, "workspaces.rename")
    assert json.loads(refusal["details"])["code"] == "forbidden"
    made, *_ = await audited(ada, workspace, 3)
    assert (made["type"], made["message"], made["caller"]) == (
        "workspaces.workspace_created",
        "workspaces.create",
        ada.id,
    )
    assert made["session"] is not None
    assert await faults(house) == []


async def test_nobody_else_reads_it(working_house: House) -> None:
    ada, ben, eve = [await working_house.person(name) for name in ("Ada", "Ben", "Eve")]
    workspace = await working_house.workspace(ada, admin=ben)
    for path in ("audit", "audit/export", "audit/checkpoints"):
        problem(await ben.send("GET", f"{workspace}/{path}"), 403)
        problem(await eve.send("GET", f"{workspace}/{path}"), 404)
        problem(await ada.send("GET", f"/operations/{path}"), 403)


async def test_a_command_without_an_event_is_in_it(working_house: House) -> None:
    """And so is a stranger at the door, who is told that there is no such workspace."""
    ada, eve = await working_house.person("Ada"), await working_house.person("Eve")
    workspace = await working_house.workspace(ada)
    problem(await eve.send("PATCH", workspace, {"name": "Mine"}), 404)
    (refusal,) = await audited(ada, workspace, 1, person=eve.id)
    assert (refusal["type"], refusal["outcome"]) == ("audit.command_refused", "refused")


async def test_floods_of_nobody_are_counted_and_not_kept(working_house: House) -> None:
    before = len(await working_house.events())
    for _ in range(5):
        problem(await working_house.stranger().send("GET", "/workspaces"), 401)
    assert len(await working_house.events()) == before


async def test_an_export_is_in_the_audit_itself(working_house: House) -> None:
    ada = await working_house.person("Ada")
    workspace = await working_house.workspace(ada)
    await audited(ada, workspace, 1)
    lines = (await ada.get(f"{workspace}/audit/export?format=csv"))["items"]
    assert lines[0].startswith('"chain","sequence","at"')
    (entry,) = await audited(ada, workspace, 1, message="audit.export")
    assert entry["caller"] == ada.id


def in_house(data_dir: Path, work: Callable[[House], Coroutine[None, None, None]]) -> None:
    """Let something happen in the server of an installation, which then stops."""

    async def happen() -> None:
        settings = settings_for(data_dir, f"sqlite:///{data_dir / 'colonnade.db'}", secret=None)
        async with open_house(settings) as house:
            await schema_of(await house.server.container.get(Database)).upgrade()
            async with house.at_work():
                await work(house)

    asyncio.run(happen())


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """The machine of an installation in which something was done."""

    async def furnish(house: House) -> None:
        ada = await house.person("Ada")
        workspace = await house.workspace(ada)
        for name in ("One", "Two", "Three"):
            await ada.patch(workspace, {"name": name})
        await audited(ada, workspace, 4)

    in_house(tmp_path, furnish)
    return Console(tmp_path)


def test_an_operator_verifies_it(console: Console, tmp_path: Path) -> None:
    assert "Nobody has altered the audit." in console.says("audit", "verify")

    async def tamper(house: House) -> None:
        database = await house.server.container.get(Database)
        await database.write(update(entries).where(entries.c.sequence == 2).values(agent="eve"))
        await database.write(delete(entries).where(entries.c.sequence == 3))

    in_house(tmp_path, tamper)
    result = console("audit", "verify", "--json")
    assert result.exit_code == 1
    kinds = {json.loads(line)["kind"] for line in result.stdout.splitlines()}
    assert {"altered", "gap"} <= kinds


def test_an_operator_searches_and_takes_it_out(console: Console) -> None:
    heads = console.json("audit", "search", "--event", "identity.user_registered")
    assert [each["type"] for each in heads] == ["identity.user_registered"]
    lines = console.says("audit", "export", "--format", "jsonl").splitlines()
    assert [json.loads(line)["sequence"] for line in lines] == list(range(1, len(lines) + 1))
