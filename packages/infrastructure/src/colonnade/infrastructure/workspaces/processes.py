"""Reads of the processes of a workspace."""

from sqlalchemy import bindparam

from colonnade.application.messaging import Caller, Handlers
from colonnade.application.operations import ProcessDetail, ProcessView
from colonnade.application.workspaces.processes import GetWorkspaceProcess, ListWorkspaceProcesses
from colonnade.core import CursorCodec, NotFound, Page
from colonnade.infrastructure.database import Database, EventLog
from colonnade.infrastructure.operations.listing import page_of
from colonnade.infrastructure.operations.processes import ONE_PROCESS, PROCESS_VIEW, detail_of
from colonnade.infrastructure.processes.tables import processes

handlers = Handlers()

_ONE = ONE_PROCESS.where(processes.c.tenant == bindparam("workspace_id"))


@handlers.handles(ListWorkspaceProcesses)
async def list_workspace_processes(
    query: ListWorkspaceProcesses, database: Database, cursors: CursorCodec
) -> Page[ProcessView]:
    """List the processes of the workspace, the newest first."""
    return await page_of(
        query,
        PROCESS_VIEW.where(processes.c.tenant == query.workspace_id),
        processes.c.id,
        lambda row: ProcessView.model_validate(row._mapping),
        database,
        cursors,
        limit=query.limit,
        cursor=query.cursor,
    )


@handlers.handles(GetWorkspaceProcess)
async def get_workspace_process(
    query: GetWorkspaceProcess, database: Database, log: EventLog, caller: Caller
) -> ProcessDetail:
    """Show a process of the workspace; the link to an export is for whoever wanted it."""
    rows = await database.fetch(_ONE, {"process_id": query.process_id, "workspace_id": query.workspace_id})
    if not rows:
        raise NotFound("there is no such process", field="process_id")
    detail = await detail_of(rows[0], log)
    if detail.started_by == caller.user_id:
        return detail
    return detail.model_copy(update={"facts": {name: fact for name, fact in detail.facts.items() if name != "link"}})
