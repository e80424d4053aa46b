"""Reads of the processes of a workspace."""

from sqlalchemy import bindparam

from colonnade.application.messaging import Caller, Handlers
from colonnade.application.operations import ProcessDetail, ProcessView
from colonnade.application.workspaces import Memberships
from colonnade.application.workspaces.export import EXPORT, ExportArchive, ExportState
from colonnade.application.workspaces.processes import GetWorkspaceProcess, ListWorkspaceProcesses
from colonnade.core import CursorCodec, NotFound, Page
from colonnade.domain.workspaces import Permission
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
    query: GetWorkspaceProcess,
    database: Database,
    log: EventLog,
    archive: ExportArchive,
    memberships: Memberships,
    caller: Caller,
) -> ProcessDetail:
    """Show a process of the workspace; the link of an export only to people who may export, never to a token."""
    rows = await database.fetch(_ONE, {"process_id": query.process_id, "workspace_id": query.workspace_id})
    if not rows:
        raise NotFound("there is no such process", field="process_id")
    process = await detail_of(rows[0], log)
    if process.name != EXPORT.name or process.ended_at is not None or "assemble" not in process.done:
        return process
    if caller.limits is not None:
        return process
    membership = await memberships.of(caller.user_id, query.workspace_id)
    if membership is None or Permission.WORKSPACE_MANAGE not in membership.grants:
        return process
    state = ExportState.model_validate(process.facts)
    link = archive.link(state.export_id, state.expires_at)
    return process.model_copy(update={"facts": {**process.facts, "link": link}})
