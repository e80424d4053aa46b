"""Let somebody else lead the projects of somebody, as a step of a process, and back."""

from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.core import UserId, field
from colonnade.domain.projects import ProjectId, ProjectRepository
from colonnade.domain.workspaces import WorkspaceId

handlers = Handlers()

_MOST = 100_000  # more than anybody leads


class HandOverProjects(Command[tuple[ProjectId, ...]], name="projects.hand_over", requires=INTERNAL):
    """Let somebody lead all projects that somebody else leads; answers with them."""

    workspace_id: WorkspaceId
    from_user: UserId
    to_user: UserId


class HandBackProjects(Command[None], name="projects.hand_back", requires=INTERNAL):
    """Let somebody lead projects again, unless a third person leads them meanwhile."""

    workspace_id: WorkspaceId
    project_ids: tuple[ProjectId, ...]
    from_user: UserId
    to_user: UserId


@handlers.handles(HandOverProjects)
async def hand_over_projects(command: HandOverProjects, projects: ProjectRepository) -> tuple[ProjectId, ...]:
    """Change the lead."""
    led = await projects.matching(field("lead_id") == command.from_user, limit=_MOST)
    for project in led:
        project.be_led_by(command.to_user)
    return tuple(project.id for project in led)


@handlers.handles(HandBackProjects)
async def hand_back_projects(command: HandBackProjects, projects: ProjectRepository) -> None:
    """Change the lead back."""
    for project_id in command.project_ids:
        project = await projects.get(project_id)
        if project.lead_id == command.from_user:
            project.be_led_by(command.to_user)
