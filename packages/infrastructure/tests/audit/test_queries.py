"""The audit is searched by who, what, when and how it ended, a page at a time, and taken out as harmless lines."""

import csv
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from colonnade.application.audit import (
    ExportAudit,
    ExportFormat,
    ListAuditCheckpoints,
    SearchAudit,
    SearchServiceAudit,
)
from colonnade.application.messaging import LocalBus, items
from colonnade.application.messaging.resolver import StaticResolver
from colonnade.core import Clock, CursorCodec, Invalid
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.audit import queries
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.protection import PersonKeys

from ..sealing import Sealing
from .conftest import WORKSPACE, Audit

ADA, BEN = UUID(int=1), UUID(int=2)


@pytest.fixture
async def bus(audit: Audit) -> LocalBus:
    """Answers questions about thirty entries, of three people and ways."""
    await audit.fill(10, caller=str(ADA), message="workspaces.rename", correlation_id="one")
    await audit.fill(10, caller=str(BEN), message="=1+1", address="192.0.2.1", agent="50%_off")
    await audit.fill(10, UUID(int=8), caller=str(ADA))
    objects: dict[Any, object] = {Database: audit.database, CursorCodec: CursorCodec(b"secret"), Clock: audit.clock}
    objects[PersonKeys] = Sealing(audit.database, audit.clock).keys
    return await LocalBus.start(handlers=[queries.handlers], resolver=StaticResolver(objects))


async def found(bus: LocalBus, **wanted: Any) -> list[int]:
    """Return the sequences of what is found, in pages of three."""
    query = SearchAudit.model_validate({"workspace_id": WORKSPACE, "limit": 3, **wanted})
    return [entry.sequence async for entry in items(bus, query)]


FIRST, SECOND = list(range(10, 0, -1)), list(range(20, 10, -1))


async def test_everything_is_listed_the_newest_first(bus: LocalBus) -> None:
    assert await found(bus) == SECOND + FIRST


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"person": ADA}, FIRST),
        ({"person": BEN}, SECOND),
        ({"message": "workspaces.rename"}, FIRST),
        ({"event": "workspaces.workspace_renamed"}, SECOND + FIRST),
        ({"event": "workspaces.workspace"}, []),
        ({"outcome": "refused"}, []),
        ({"correlation": "one"}, FIRST),
        ({"text": "192.0.2"}, SECOND),
        ({"text": "RENAME"}, SECOND + FIRST),
        ({"text": "50%_"}, SECOND),
        ({"text": "%"}, SECOND),
        ({"text": "_1"}, []),
    ],
)
async def test_it_is_searched(bus: LocalBus, wanted: dict[str, Any], expected: list[int]) -> None:
    """By text, too, in which no character is a wildcard."""
    assert await found(bus, **wanted) == expected


async def test_it_is_searched_by_time(bus: LocalBus, audit: Audit) -> None:
    end = audit.clock.now() - timedelta(seconds=10)
    assert await found(bus, since=end - timedelta(seconds=2)) == [20, 19, 18]
    assert await found(bus, until=end - timedelta(seconds=17)) == [2, 1]


async def test_nobody_else_is_found(bus: LocalBus) -> None:
    assert (await bus.send(SearchServiceAudit())).items == ()


async def test_a_cursor_is_good_for_its_own_list_only(bus: LocalBus) -> None:
    query = SearchAudit(workspace_id=WorkspaceId(WORKSPACE), limit=3)
    page = await bus.send(query)
    other = query.model_copy(update={"workspace_id": WorkspaceId(UUID(int=8)), "cursor": page.next})
    with pytest.raises(Invalid):
        await bus.send(other)


async def lines(bus: LocalBus, wanted: ExportFormat) -> list[str]:
    """Take everything out, in pages of seven."""
    query = ExportAudit(workspace_id=WorkspaceId(WORKSPACE), format=wanted, limit=7)
    return [line async for line in items(bus, query)]


async def test_it_is_taken_out_as_json_lines(bus: LocalBus) -> None:
    entries = [json.loads(line) for line in await lines(bus, ExportFormat.JSON_LINES)]
    assert [entry["sequence"] for entry in entries] == list(range(1, 21))
    assert [entry["previous"] for entry in entries[1:]] == [entry["hash"] for entry in entries[:-1]]


async def test_it_is_taken_out_as_csv_without_formulas(bus: LocalBus) -> None:
    heads, *rows = csv.reader(await lines(bus, ExportFormat.CSV))
    entries = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [entry["sequence"] for entry in entries] == [str(number) for number in range(1, 21)]
    assert {entry["message"] for entry in entries} == {"workspaces.rename", "'=1+1"}


async def test_checkpoints_are_listed_the_newest_first(bus: LocalBus) -> None:
    query = ListAuditCheckpoints(workspace_id=WorkspaceId(WORKSPACE), limit=4)
    assert [each.sequence async for each in items(bus, query)] == [18, 15, 12, 9, 6, 3]
