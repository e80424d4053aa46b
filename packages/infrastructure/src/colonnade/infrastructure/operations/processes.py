"""Processes and their history, for operators."""

from typing import Any

from sqlalchemy import bindparam, select

from colonnade.application.messaging import Handlers
from colonnade.application.operations import GetProcess, HistoryEntry, ListProcesses, ProcessDetail, ProcessView
from colonnade.application.processes import ProcessInstance
from colonnade.application.processes.history import sentence
from colonnade.core import CursorCodec, NotFound, Page
from colonnade.infrastructure.database import Database, EventLog
from colonnade.infrastructure.operations.listing import page_of
from colonnade.infrastructure.processes.tables import processes

handlers = Handlers()

_table = processes.c
PROCESS_VIEW = select(*(_table[name] for name in ProcessView.model_fields))
ONE_PROCESS = select(*(_table[name] for name in (*ProcessView.model_fields, "facts", "done"))).where(
    _table.id == bindparam("process_id")
)


@handlers.handles(ListProcesses)
async def list_processes(query: ListProcesses, database: Database, cursors: CursorCodec) -> Page[ProcessView]:
    """List processes, the newest first."""
    statement = PROCESS_VIEW
    if query.status is not None:
        statement = statement.where(_table.status == query.status.value)
    if query.name is not None:
        statement = statement.where(_table.name == query.name)
    return await page_of(
        query,
        statement,
        _table.id,
        lambda row: ProcessView.model_validate(row._mapping),
        database,
        cursors,
        limit=query.limit,
        cursor=query.cursor,
    )


@handlers.handles(GetProcess)
async def get_process(query: GetProcess, database: Database, log: EventLog) -> ProcessDetail:
    """Show a process with its history."""
    rows = await database.fetch(ONE_PROCESS, {"process_id": query.process_id})
    if not rows:
        raise NotFound("there is no such process", field="process_id")
    return await detail_of(rows[0], log)


async def detail_of(row: Any, log: EventLog) -> ProcessDetail:  # a row of ONE_PROCESS
    """Return a process with its history, which is its stream in the event log."""
    events = await log.stream(f"{ProcessInstance.stream_kind}-{row.id}")
    history = tuple(HistoryEntry(at=event.recorded_at, what=sentence(event.event)) for event in events)
    return ProcessDetail.model_validate({**row._mapping, "history": history})
