"""What the workspace use cases answer with."""

from datetime import datetime
from typing import Self

from colonnade.application.views import View
from colonnade.core import UserId
from colonnade.domain.workspaces import Role, Workspace, WorkspaceId


class WorkspaceView(View):
    """A workspace, as one of its members sees it."""

    id: WorkspaceId
    name: str
    slug: str
    role: Role
    created_at: datetime
    version: int

    @classmethod
    def of(cls, workspace: Workspace, user_id: UserId) -> Self:
        """Return the view of a workspace for a member."""
        return cls(
            id=workspace.id,
            name=workspace.name,
            slug=workspace.slug,
            role=workspace.role_of(user_id),
            created_at=workspace.created_at,
            version=workspace.version,
        )


class MemberView(View):
    """Somebody who belongs to a workspace.

    Attributes:
        own_role: The role of the workspace's own that they have on top.
    """

    user_id: UserId
    name: str
    email: str
    role: Role
    own_role: str | None = None
