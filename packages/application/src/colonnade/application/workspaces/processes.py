"""What goes on in a workspace in several steps: off-boardings, exports."""

from typing import Annotated

from pydantic import Field

from colonnade.application.messaging import Query
from colonnade.application.operations import ProcessDetail, ProcessView
from colonnade.application.processes import ProcessId
from colonnade.core import Page
from colonnade.domain.workspaces import Permission, WorkspaceId


class ListWorkspaceProcesses(
    Query[Page[ProcessView]], name="workspaces.list_processes", requires=Permission.MEMBER_MANAGE
):
    """List the processes of a workspace, the newest first."""

    workspace_id: WorkspaceId
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class GetWorkspaceProcess(Query[ProcessDetail], name="workspaces.get_process", requires=Permission.MEMBER_MANAGE):
    """Show a process of a workspace with its history."""

    workspace_id: WorkspaceId
    process_id: ProcessId
