"""The workspace: a tenant, with the people who belong to it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, NewType, Self
from uuid import UUID

from colonnade.core import AggregateRoot, AlreadyExists, Conflict, Forbidden, NotFound, Slug, TextValue, UserId
from colonnade.domain.workspaces.events import (
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    WorkspaceCreated,
    WorkspaceRenamed,
)
from colonnade.domain.workspaces.permissions import Role

WorkspaceId = NewType("WorkspaceId", UUID)


class WorkspaceName(TextValue):
    """What a workspace is called."""

    __slots__ = ()
    max_length = 100
    example = "Analytical Engines"


class SlugTaken(AlreadyExists):
    """Another workspace has this slug."""

    code = "workspaces.slug_taken"


class AlreadyMember(AlreadyExists):
    """They belong to the workspace already."""

    code = "workspaces.already_member"


class NotMember(NotFound):
    """They do not belong to the workspace."""

    code = "workspaces.not_member"


class LastOwner(Conflict):
    """The workspace would be left without an owner."""

    code = "workspaces.last_owner"


@dataclass(eq=False, kw_only=True)
class Workspace(AggregateRoot[WorkspaceId]):
    """A place of work that always has an owner.

    Attributes:
        slug: Name in addresses, unique on the server, fixed.
        members: Role of each person who belongs.
    """

    stream_kind: ClassVar[str] = "workspace"

    name: WorkspaceName
    slug: Slug
    created_at: datetime
    members: dict[UserId, Role] = field(default_factory=dict)

    @classmethod
    def create(cls, workspace_id: WorkspaceId, *, name: WorkspaceName, slug: Slug, owner: UserId, at: datetime) -> Self:
        """Open a workspace, owned by its maker."""
        workspace = cls(id=workspace_id, name=name, slug=slug, created_at=at, members={owner: Role.OWNER})
        workspace.record(WorkspaceCreated(workspace_id=workspace_id, name=name, slug=slug, owner_id=owner))
        return workspace

    def rename(self, name: WorkspaceName) -> None:
        """Give the workspace another name."""
        if name != self.name:
            self.name = name
            self.record(WorkspaceRenamed(workspace_id=self.id, name=name))

    def add_member(self, user_id: UserId, role: Role, *, by: UserId) -> None:
        """Let somebody in.

        Raises:
            AlreadyMember: They are in already.
            Forbidden: Only an owner makes owners.
        """
        if user_id in self.members:
            raise AlreadyMember("is a member already", field="email")
        self._require_reach(by, role)
        self.members[user_id] = role
        self.record(MemberAdded(workspace_id=self.id, user_id=user_id, role=role))

    def change_role(self, user_id: UserId, role: Role, *, by: UserId) -> None:
        """Give a member another role.

        Raises:
            NotMember: They do not belong.
            Forbidden: Only an owner makes or unmakes owners.
            LastOwner: Nobody would own the workspace.
        """
        present = self.role_of(user_id)
        if role is present:
            return
        self._require_reach(by, role, present)
        self._require_other_owner(user_id, present)
        self.members[user_id] = role
        self.record(MemberRoleChanged(workspace_id=self.id, user_id=user_id, role=role))

    def remove_member(self, user_id: UserId, *, by: UserId) -> None:
        """Show somebody out; anybody may show themselves out.

        Raises:
            NotMember: They do not belong.
            Forbidden: Only an owner removes owners.
            LastOwner: Nobody would own the workspace.
        """
        self.require_removable(user_id, by=by)
        del self.members[user_id]
        self.record(MemberRemoved(workspace_id=self.id, user_id=user_id))

    def require_removable(self, user_id: UserId, *, by: UserId) -> None:
        """Check that somebody can be shown out.

        Raises:
            NotMember: They do not belong.
            Forbidden: Only an owner removes owners.
            LastOwner: Nobody would own the workspace.
        """
        present = self.role_of(user_id)
        if user_id != by:
            self._require_reach(by, present)
        self._require_other_owner(user_id, present)

    def role_of(self, user_id: UserId) -> Role:
        """Return a member's role.

        Raises:
            NotMember: They do not belong.
        """
        try:
            return self.members[user_id]
        except KeyError:
            raise NotMember("is not a member of this workspace", field="user_id") from None

    def _require_reach(self, by: UserId, *roles: Role) -> None:
        if Role.OWNER in roles and self.members.get(by) is not Role.OWNER:
            raise Forbidden("only an owner may make, change or remove an owner")

    def _require_other_owner(self, user_id: UserId, present: Role) -> None:
        owners = [member for member, role in self.members.items() if role is Role.OWNER]
        if present is Role.OWNER and owners == [user_id]:
            raise LastOwner("a workspace needs an owner: make somebody else one first")
