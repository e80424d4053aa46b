"""Searching the audit, taking it out, and listing its checkpoints."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_

from colonnade.application.audit.messages import (
    AuditCheckpointView,
    AuditEntryView,
    ExportAudit,
    ExportFormat,
    ExportServiceAudit,
    ListAuditCheckpoints,
    ListServiceAuditCheckpoints,
    SearchAudit,
    SearchServiceAudit,
    ServiceSearch,
)
from colonnade.application.messaging import Handlers
from colonnade.core import CursorCodec, Page
from colonnade.infrastructure.audit.tables import (
    FACTS,
    SERVICE,
    chain_of,
    checkpoint_of,
    checkpoints,
    entries,
    entry_of,
)
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.engine import Rows
from colonnade.infrastructure.protection import Circumstances, PersonKeys
from colonnade.security.audit import csv_line, json_line

handlers = Handlers()

_entry, _checkpoint = entries.c, checkpoints.c
_CIRCUMSTANCES = Circumstances()
_SEARCHED = ("type", "message", "stream", "address", "agent", "details", "console")
_COLUMNS = ("chain", "sequence", "at", *FACTS, "previous", "hash")

Export = ExportAudit | ExportServiceAudit
Checkpoints = ListAuditCheckpoints | ListServiceAuditCheckpoints


@handlers.handles(SearchAudit)
async def search_audit(
    query: SearchAudit, database: Database, cursors: CursorCodec, keys: PersonKeys
) -> Page[AuditEntryView]:
    """Search the audit of a workspace."""
    return await _search(query, chain_of(query.workspace_id), database, cursors, keys)


@handlers.handles(SearchServiceAudit)
async def search_service_audit(
    query: SearchServiceAudit, database: Database, cursors: CursorCodec, keys: PersonKeys
) -> Page[AuditEntryView]:
    """Search the service's own audit."""
    return await _search(query, SERVICE, database, cursors, keys)


@handlers.handles(ExportAudit)
async def export_audit(query: ExportAudit, database: Database, cursors: CursorCodec, keys: PersonKeys) -> Page[str]:
    """Take the audit of a workspace out."""
    return await _export(query, chain_of(query.workspace_id), database, cursors, keys)


@handlers.handles(ExportServiceAudit)
async def export_service_audit(
    query: ExportServiceAudit, database: Database, cursors: CursorCodec, keys: PersonKeys
) -> Page[str]:
    """Take the service's own audit out."""
    return await _export(query, SERVICE, database, cursors, keys)


@handlers.handles(ListAuditCheckpoints)
async def list_checkpoints(
    query: ListAuditCheckpoints, database: Database, cursors: CursorCodec
) -> Page[AuditCheckpointView]:
    """List the checkpoints of a workspace's audit."""
    return await _checkpoints(query, chain_of(query.workspace_id), database, cursors)


@handlers.handles(ListServiceAuditCheckpoints)
async def list_service_checkpoints(
    query: ListServiceAuditCheckpoints, database: Database, cursors: CursorCodec
) -> Page[AuditCheckpointView]:
    """List the checkpoints of the service's own audit."""
    return await _checkpoints(query, SERVICE, database, cursors)


async def _search(
    query: ServiceSearch, chain: str, database: Database, cursors: CursorCodec, keys: PersonKeys
) -> Page[AuditEntryView]:
    statement = _within(query, select(entries).where(_entry.chain == chain))
    for column, wanted in (
        (_entry.message, query.message),
        (_entry.type, query.event),
        (_entry.outcome, query.outcome),
        (_entry.correlation, query.correlation),
    ):
        if wanted is not None:
            statement = statement.where(column == str(wanted))
    if query.person is not None:
        statement = statement.where(or_(_entry.caller == str(query.person), _entry.person == str(query.person)))
    if query.text is not None:
        statement = statement.where(or_(*(_has(name, query.text) for name in _SEARCHED)))
    described = _described(query, chain)
    if query.cursor is not None:
        statement = statement.where(_entry.sequence < cursors.decode(described, query.cursor, keys=1)[0])
    rows = await database.fetch(statement.order_by(_entry.sequence.desc()).limit(query.limit + 1))
    more = len(rows) > query.limit
    return Page(
        items=tuple(_view(row, its) for row, its in zip(rows, await _opened(rows[: query.limit], keys), strict=False)),
        next=cursors.encode(described, [rows[query.limit - 1].sequence]) if more else None,
    )


async def _export(query: Export, chain: str, database: Database, cursors: CursorCodec, keys: PersonKeys) -> Page[str]:
    statement = _within(query, select(entries).where(_entry.chain == chain))
    described = _described(query, chain)
    if query.cursor is not None:
        statement = statement.where(_entry.sequence > cursors.decode(described, query.cursor, keys=1)[0])
    rows = await database.fetch(statement.order_by(_entry.sequence).limit(query.limit + 1))
    more = len(rows) > query.limit
    opened = await _opened(rows[: query.limit], keys)
    lines = [_line(row, its, query.format) for row, its in zip(rows, opened, strict=False)]
    if query.format is ExportFormat.CSV and query.cursor is None:
        lines.insert(0, csv_line(_COLUMNS))
    return Page(items=tuple(lines), next=cursors.encode(described, [rows[query.limit - 1].sequence]) if more else None)


async def _checkpoints(
    query: Checkpoints, chain: str, database: Database, cursors: CursorCodec
) -> Page[AuditCheckpointView]:
    statement = select(checkpoints).where(_checkpoint.chain == chain)
    described = _described(query, chain)
    if query.cursor is not None:
        place = cursors.decode(described, query.cursor, keys=2)
        statement = statement.where(tuple_(_checkpoint.number, _checkpoint.kind) < tuple_(*place))
    ordered = statement.order_by(_checkpoint.number.desc(), _checkpoint.kind.desc())
    rows = await database.fetch(ordered.limit(query.limit + 1))
    more, last = len(rows) > query.limit, rows[query.limit - 1 : query.limit]
    return Page(
        items=tuple(AuditCheckpointView.model_validate(checkpoint_of(row).to_json()) for row in rows[: query.limit]),
        next=cursors.encode(described, [last[0].number, last[0].kind]) if more else None,
    )


def _within(query: ServiceSearch | Export, statement: Select[Any]) -> Select[Any]:  # rows of the table
    if query.since is not None:
        statement = statement.where(_entry.at >= query.since)
    if query.until is not None:
        statement = statement.where(_entry.at < query.until)
    return statement


def _has(name: str, wanted: str) -> ColumnElement[bool]:
    """Return whether a column has a text; what is sealed in it cannot be searched."""
    found = _entry[name].icontains(wanted, autoescape=True)
    return and_(found, ~_CIRCUMSTANCES.is_sealed(_entry[name])) if name in _CIRCUMSTANCES.names else found


def _described(query: ServiceSearch | Export | Checkpoints, chain: str) -> str:
    return f"{query.wire_name} {chain} {query.model_dump_json(exclude={'cursor', 'limit'})}"


async def _opened(rows: Rows, keys: PersonKeys) -> list[dict[str, str | None]]:
    """Return where those came from whose entries these are: what is sealed in an entry is opened to be shown."""
    stored = [(UUID(row.event_id), {name: getattr(row, name) for name in _CIRCUMSTANCES.names}) for row in rows]
    return await _CIRCUMSTANCES.opened(keys, stored)


def _view(row: Any, opened: dict[str, str | None]) -> AuditEntryView:  # a row of the table
    values = {name: getattr(row, name, None) for name in AuditEntryView.model_fields}
    own = {"service": row.service is not None, "hash": bytes(row.hash).hex()}
    return AuditEntryView.model_validate(values | own | opened)


def _line(row: Any, opened: dict[str, str | None], wanted: ExportFormat) -> str:  # a row of the table
    entry = entry_of(row)
    own = {"chain": entry.chain, "sequence": entry.sequence, "at": entry.at.isoformat()}
    shown = {name: value for name, value in opened.items() if value is not None}
    values: dict[str, object] = {
        **own,
        **entry.facts,
        **shown,
        "previous": entry.previous.hex(),
        "hash": entry.hash.hex(),
    }
    if wanted is ExportFormat.JSON_LINES:
        return json_line(values)
    cells: Sequence[object] = [values.get(name) for name in _COLUMNS]
    return csv_line(cells)
