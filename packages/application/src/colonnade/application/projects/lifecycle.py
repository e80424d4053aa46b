"""Open a project, name it, put it away, find it."""

from colonnade.application.messaging import Command, Handlers, Query, VersionedCommand
from colonnade.application.projects.views import ProjectView
from colonnade.application.workspaces.memberships import Memberships, require_member
from colonnade.core import Clock, Page, UserId, new_id
from colonnade.domain.projects import (
    DEFAULT_WORKFLOW,
    Project,
    ProjectId,
    ProjectKey,
    ProjectName,
    ProjectRepository,
    Workflow,
)
from colonnade.domain.workspaces import Permission, WorkspaceId

handlers = Handlers()


class CreateProject(Command[ProjectView], name="projects.create", requires=Permission.PROJECT_MANAGE):
    """Open a project; without a workflow it gets the usual one."""

    workspace_id: WorkspaceId
    key: ProjectKey
    name: ProjectName
    workflow: Workflow = DEFAULT_WORKFLOW


class RenameProject(VersionedCommand[ProjectView], name="projects.rename", requires=Permission.PROJECT_MANAGE):
    """Give a project another name; its key stays."""

    workspace_id: WorkspaceId
    project_id: ProjectId
    name: ProjectName


class ArchiveProject(VersionedCommand[ProjectView], name="projects.archive", requires=Permission.PROJECT_MANAGE):
    """Put a project away: it can be read, not worked on."""

    workspace_id: WorkspaceId
    project_id: ProjectId


class RestoreProject(VersionedCommand[ProjectView], name="projects.restore", requires=Permission.PROJECT_MANAGE):
    """Work on an archived project again."""

    workspace_id: WorkspaceId
    project_id: ProjectId


class SetProjectLead(VersionedCommand[ProjectView], name="projects.set_lead", requires=Permission.PROJECT_MANAGE):
    """Let a member lead a project, or with null nobody."""

    workspace_id: WorkspaceId
    project_id: ProjectId
    lead_id: UserId | None


class GetProject(Query[ProjectView], name="projects.get", requires=Permission.PROJECT_READ):
    """Show a project."""

    workspace_id: WorkspaceId
    project_id: ProjectId


class ListProjects(Query[Page[ProjectView]], name="projects.list", requires=Permission.PROJECT_READ):
    """List the projects of a workspace, by key."""

    workspace_id: WorkspaceId
    key: ProjectKey | None = None
    archived: bool = False


@handlers.handles(CreateProject)
async def create_project(command: CreateProject, projects: ProjectRepository, clock: Clock) -> ProjectView:
    """Open a project."""
    project = Project.create(
        new_id(ProjectId),
        workspace_id=command.workspace_id,
        key=command.key,
        name=command.name,
        workflow=command.workflow,
        at=clock.now(),
    )
    await projects.add(project)
    return ProjectView.of(project)


@handlers.handles(RenameProject)
async def rename_project(command: RenameProject, projects: ProjectRepository) -> ProjectView:
    """Rename the project."""
    project = await projects.get(command.project_id)
    project.require_version(command.expected_version)
    project.rename(command.name)
    return ProjectView.of(project)


@handlers.handles(ArchiveProject)
async def archive_project(command: ArchiveProject, projects: ProjectRepository, clock: Clock) -> ProjectView:
    """Archive the project."""
    project = await projects.get(command.project_id)
    project.require_version(command.expected_version)
    project.archive(at=clock.now())
    return ProjectView.of(project)


@handlers.handles(RestoreProject)
async def restore_project(command: RestoreProject, projects: ProjectRepository) -> ProjectView:
    """Restore the project."""
    project = await projects.get(command.project_id)
    project.require_version(command.expected_version)
    project.restore()
    return ProjectView.of(project)


@handlers.handles(SetProjectLead)
async def set_project_lead(
    command: SetProjectLead, projects: ProjectRepository, memberships: Memberships
) -> ProjectView:
    """Let somebody lead the project."""
    project = await projects.get(command.project_id)
    project.require_version(command.expected_version)
    await require_member(
        command.lead_id, command.workspace_id, memberships, field="lead_id", project_id=command.project_id
    )
    project.be_led_by(command.lead_id)
    return ProjectView.of(project)
