"""Who a task can be given to."""

from colonnade.application.workspaces.policy import Memberships
from colonnade.core import Invalid, UserId
from colonnade.domain.workspaces import WorkspaceId


async def require_member(user_id: UserId | None, workspace_id: WorkspaceId, memberships: Memberships) -> None:
    """Check that somebody belongs to the workspace; nobody always does.

    Raises:
        Invalid: They do not.
    """
    if user_id is not None and await memberships.role_of(user_id, workspace_id) is None:
        raise Invalid("is not a member of this workspace", field="assignee_id")
