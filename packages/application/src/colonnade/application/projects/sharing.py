"""With whom a project is shared: those who see it although it is private, and guests."""

from colonnade.application.messaging import Caller, Command, Handlers, Query, VersionedCommand
from colonnade.application.projects.views import ProjectView
from colonnade.application.subscriptions import Subscriptions
from colonnade.application.views import View
from colonnade.application.workspaces.memberships import Memberships, require_member
from colonnade.core import Page, UserId, field
from colonnade.domain.projects import ProjectId, ProjectRepository
from colonnade.domain.workspaces import MemberRemoved, Permission, WorkspaceId

handlers = Handlers()
subscriptions = Subscriptions()

_AT_A_TIME = 1_000


class ProjectMemberView(View):
    """Somebody with whom a project is shared."""

    user_id: UserId


class SetProjectVisibility(
    VersionedCommand[ProjectView], name="projects.set_visibility", requires=Permission.PROJECT_MANAGE
):
    """Make a project private, so that only those see it with whom it is shared, or open it to every member."""

    workspace_id: WorkspaceId
    project_id: ProjectId
    private: bool


class ShareProject(Command[ProjectView], name="projects.share", requires=Permission.PROJECT_MANAGE):
    """Share a project with a member or a guest of the workspace."""

    workspace_id: WorkspaceId
    project_id: ProjectId
    user_id: UserId


class UnshareProject(Command[None], name="projects.unshare", requires=Permission.PROJECT_MANAGE):
    """Share a project with somebody no longer."""

    workspace_id: WorkspaceId
    project_id: ProjectId
    user_id: UserId


class ListProjectMembers(Query[Page[ProjectMemberView]], name="projects.list_members", requires=Permission.MEMBER_READ):
    """List those with whom a project is shared."""

    workspace_id: WorkspaceId
    project_id: ProjectId


@handlers.handles(SetProjectVisibility)
async def set_project_visibility(
    command: SetProjectVisibility, projects: ProjectRepository, caller: Caller
) -> ProjectView:
    """Make the project private or open."""
    project = await projects.get(command.project_id)
    project.require_version(command.expected_version)
    if command.private:
        project.make_private(by=caller.user_id)
    else:
        project.open_up()
    return ProjectView.of(project)


@handlers.handles(ShareProject)
async def share_project(command: ShareProject, projects: ProjectRepository, memberships: Memberships) -> ProjectView:
    """Share the project."""
    await require_member(command.user_id, command.workspace_id, memberships, field="user_id")
    project = await projects.get(command.project_id)
    project.share(command.user_id)
    return ProjectView.of(project)


@handlers.handles(UnshareProject)
async def unshare_project(command: UnshareProject, projects: ProjectRepository) -> None:
    """Share the project no longer."""
    project = await projects.get(command.project_id)
    project.unshare(command.user_id)


@subscriptions.durable("projects.unshare_with_those_who_left", MemberRemoved)
async def unshare_with_those_who_left(event: MemberRemoved, projects: ProjectRepository) -> None:
    """Take somebody who left out of every project, so that nothing is shared with them if they come again."""
    shared = field("members").contains(event.user_id)
    found = await projects.matching(shared, limit=_AT_A_TIME)
    while found:
        for project in found:
            project.unshare(event.user_id)
        found = await projects.matching(shared & (field("id") > found[-1].id), limit=_AT_A_TIME)
