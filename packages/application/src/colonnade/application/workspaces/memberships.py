"""Who belongs to which workspace, what they may do there and what they see of it."""

from typing import NamedTuple, Protocol

from colonnade.application.messaging import Caller
from colonnade.core import Invalid, UserId
from colonnade.domain.projects import ProjectId
from colonnade.domain.workspaces import Condition, Grants, Permission, Role, RoleName, WorkspaceId

PROJECT_FIELD = "project_id"
WORKSPACE_FIELD = "workspace_id"


class Membership(NamedTuple):
    """What somebody is in a workspace.

    Attributes:
        role: The role that everybody knows; with a role of the workspace's own the one that it stands on.
        own_role: The role of the workspace's own, if they have one.
        grants: What they may do.
        projects: The projects that they see; none if they see every project.
    """

    role: Role
    own_role: RoleName | None
    grants: Grants
    projects: frozenset[ProjectId] | None


class Memberships(Protocol):
    """Knows who belongs to which workspace."""

    async def of(self, user_id: UserId, workspace_id: WorkspaceId) -> Membership | None:
        """Return somebody's membership, or none if they do not belong or there is no such workspace."""
        ...


def seen_projects(membership: Membership, caller: Caller) -> frozenset[ProjectId] | None:
    """Return the projects that a caller sees with the membership and the token that they have; none for every one."""
    if caller.limits is None or PROJECT_FIELD not in caller.limits.within:
        return membership.projects
    limited = frozenset(ProjectId(project_id) for project_id in caller.limits.within[PROJECT_FIELD])
    return limited if membership.projects is None else limited & membership.projects


async def projects_seen_by(
    caller: Caller | None, workspace_id: WorkspaceId, memberships: Memberships
) -> frozenset[ProjectId] | None:
    """Return the projects that a list may show to a caller; none for every one, as whoever has the machine sees."""
    if caller is None:
        return None
    membership = await memberships.of(caller.user_id, workspace_id)
    return frozenset() if membership is None else seen_projects(membership, caller)


async def knows_members(caller: Caller, workspace_id: WorkspaceId, memberships: Memberships) -> bool:
    """Tell whether a caller may learn who belongs to a workspace."""
    if caller.limits is not None and Permission.MEMBER_READ.value not in caller.limits.permissions:
        return False
    membership = await memberships.of(caller.user_id, workspace_id)
    return membership is not None and membership.grants.get(Permission.MEMBER_READ) is Condition.ALWAYS


async def require_member(
    user_id: UserId | None,
    workspace_id: WorkspaceId,
    memberships: Memberships,
    *,
    field: str,
    project_id: ProjectId | None = None,
) -> None:
    """Check that somebody belongs to the workspace, and sees a project of it; nobody always does.

    Raises:
        Invalid: They do not.
    """
    if user_id is None:
        return
    membership = await memberships.of(user_id, workspace_id)
    if membership is None:
        raise Invalid("is not a member of this workspace", field=field)
    if project_id is not None and membership.projects is not None and project_id not in membership.projects:
        raise Invalid("cannot see this project: share it with them first", field=field)
