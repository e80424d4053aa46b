"""Open a workspace, name it, find it."""

from colonnade.application.messaging import SIGNED_IN, Caller, Command, Handlers, Query, VersionedCommand
from colonnade.application.workspaces.views import WorkspaceView
from colonnade.core import Clock, Page, Slug, new_id
from colonnade.domain.workspaces import Permission, Workspace, WorkspaceId, WorkspaceName, WorkspaceRepository

handlers = Handlers()


class CreateWorkspace(Command[WorkspaceView], name="workspaces.create", requires=SIGNED_IN):
    """Open a workspace, which you then own."""

    name: WorkspaceName
    slug: Slug | None = None


class RenameWorkspace(VersionedCommand[WorkspaceView], name="workspaces.rename", requires=Permission.WORKSPACE_MANAGE):
    """Give a workspace another name; its slug stays."""

    workspace_id: WorkspaceId
    name: WorkspaceName


class GetWorkspace(Query[WorkspaceView], name="workspaces.get", requires=Permission.WORKSPACE_READ):
    """Show a workspace."""

    workspace_id: WorkspaceId


class ListWorkspaces(Query[Page[WorkspaceView]], name="workspaces.list", requires=SIGNED_IN, open_to_tokens=True):
    """List the workspaces that you belong to, by name; with a token, those that it is good for."""


@handlers.handles(CreateWorkspace)
async def create_workspace(
    command: CreateWorkspace, workspaces: WorkspaceRepository, caller: Caller, clock: Clock
) -> WorkspaceView:
    """Open a workspace for the caller; without a slug, its name gives one."""
    workspace = Workspace.create(
        new_id(WorkspaceId),
        name=command.name,
        slug=command.slug or Slug.from_name(command.name),
        owner=caller.user_id,
        at=clock.now(),
    )
    await workspaces.add(workspace)
    return WorkspaceView.of(workspace, caller.user_id)


@handlers.handles(RenameWorkspace)
async def rename_workspace(command: RenameWorkspace, workspaces: WorkspaceRepository, caller: Caller) -> WorkspaceView:
    """Rename the workspace."""
    workspace = await workspaces.get(command.workspace_id)
    workspace.require_version(command.expected_version)
    workspace.rename(command.name)
    return WorkspaceView.of(workspace, caller.user_id)
