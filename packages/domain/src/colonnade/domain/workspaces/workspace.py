"""The workspace: a tenant, with the people who belong to it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, NewType, Self
from uuid import UUID

from colonnade.core import AggregateRoot, AlreadyExists, Conflict, Forbidden, Invalid, NotFound, Slug, TextValue, UserId
from colonnade.domain.workspaces.events import (
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    RoleDefined,
    RoleRemoved,
    WorkspaceCreated,
    WorkspaceRenamed,
)
from colonnade.domain.workspaces.permissions import GRANTS, Grants, Permission, Role, covers
from colonnade.domain.workspaces.roles import NoSuchRole, OwnRole, RoleInUse, RoleName

MAX_OWN_ROLES = 50

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
        own_roles: Roles that the workspace has made for itself.
        own_roles_of: Who has which of them, on top of the role that it stands on.
    """

    stream_kind: ClassVar[str] = "workspace"

    name: WorkspaceName
    slug: Slug
    created_at: datetime
    members: dict[UserId, Role] = field(default_factory=dict)
    own_roles: dict[RoleName, OwnRole] = field(default_factory=dict)
    own_roles_of: dict[UserId, RoleName] = field(default_factory=dict)

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

    def add_member(self, user_id: UserId, role: Role, *, by: UserId | None, own_role: RoleName | None = None) -> None:
        """Let somebody in.

        Args:
            user_id: Who.
            role: As what.
            by: Who does it; none for the service itself.
            own_role: The role of the workspace's own that they get on top.

        Raises:
            AlreadyMember: They are in already.
            Forbidden: Nobody gives more than they may do themselves.
        """
        if user_id in self.members:
            raise AlreadyMember("is a member already", field="email")
        self._require_reach(by, (role, self._grants(role, own_role)))
        self._give(user_id, role, own_role)
        self.record(MemberAdded(workspace_id=self.id, user_id=user_id, role=role, own_role=own_role))

    def change_role(self, user_id: UserId, role: Role, *, by: UserId, own_role: RoleName | None = None) -> None:
        """Give a member another role.

        Raises:
            NotMember: They do not belong.
            Forbidden: Nobody gives more than they may do themselves, or takes it from those who may do more.
            LastOwner: Nobody would own the workspace.
        """
        present = self.role_of(user_id)
        if role is present and own_role == self.own_roles_of.get(user_id):
            return
        self._require_reach(by, (role, self._grants(role, own_role)), (present, self.grants_of(user_id)))
        if role is not present:
            self._require_other_owner(user_id, present)
        self._give(user_id, role, own_role)
        self.record(MemberRoleChanged(workspace_id=self.id, user_id=user_id, role=role, own_role=own_role))

    def define_role(self, role: OwnRole, *, by: UserId) -> None:
        """Make a role of the workspace's own, or let it allow something else.

        Raises:
            Forbidden: Nobody defines more than they may do themselves.
            Conflict: There are too many, or those who have it would need another base.
        """
        present = self.own_roles.get(role.name)
        if present == role:
            return
        if present is None and len(self.own_roles) >= MAX_OWN_ROLES:
            raise Conflict(f"a workspace has at most {MAX_OWN_ROLES} roles of its own")
        if present is not None and present.base is not role.base and self._have(role.name):
            raise RoleInUse("somebody has this role, so its base stays", field="base")
        self._require_reach(by, *((wanted.base, wanted.grants) for wanted in (role, present) if wanted is not None))
        self.own_roles = {**self.own_roles, role.name: role}
        self.record(RoleDefined(workspace_id=self.id, role_name=role.name, base=role.base, grants=role.texts()))

    def remove_role(self, name: RoleName) -> None:
        """Take a role of the workspace's own away.

        Raises:
            NoSuchRole: There is none.
            RoleInUse: Somebody has it.
        """
        self._own_role(name)
        if self._have(name):
            raise RoleInUse("somebody has this role: give them another one first", field="name")
        self.own_roles = {known: role for known, role in self.own_roles.items() if known != name}
        self.record(RoleRemoved(workspace_id=self.id, role_name=name))

    def grants_of(self, user_id: UserId) -> Grants:
        """Return what a member may do.

        Raises:
            NotMember: They do not belong.
        """
        return self._grants(self.role_of(user_id), self.own_roles_of.get(user_id))

    def remove_member(self, user_id: UserId, *, by: UserId) -> None:
        """Show somebody out; anybody may show themselves out.

        Raises:
            NotMember: They do not belong.
            Forbidden: They may do more than whoever removes them.
            LastOwner: Nobody would own the workspace.
        """
        self.require_removable(user_id, by=by)
        del self.members[user_id]
        self.own_roles_of.pop(user_id, None)
        self.record(MemberRemoved(workspace_id=self.id, user_id=user_id))

    def require_removable(self, user_id: UserId, *, by: UserId) -> None:
        """Check that somebody can be shown out.

        Raises:
            NotMember: They do not belong.
            Forbidden: They may do more than whoever removes them.
            LastOwner: Nobody would own the workspace.
        """
        present = self.role_of(user_id)
        if user_id != by:
            self._require_reach(by, (present, self.grants_of(user_id)))
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

    def _give(self, user_id: UserId, role: Role, own_role: RoleName | None) -> None:
        self.members[user_id] = role
        self.own_roles_of.pop(user_id, None)
        if own_role is not None:
            self.own_roles_of[user_id] = own_role

    def _grants(self, role: Role, own_role: RoleName | None) -> Grants:
        if own_role is None:
            return GRANTS[role]
        found = self._own_role(own_role)
        if found.base is not role:
            raise Invalid(f"stands on the role {found.base}", field="own_role")
        return found.grants

    def _own_role(self, name: RoleName) -> OwnRole:
        try:
            return self.own_roles[name]
        except KeyError:
            raise NoSuchRole("this workspace has no such role of its own", field="own_role") from None

    def _have(self, name: RoleName) -> bool:
        return name in self.own_roles_of.values()

    def _require_reach(self, by: UserId | None, *wanted: tuple[Role, Grants]) -> None:
        """Check that somebody may do all that roles allow, and sees as many projects as those who stand on them."""
        if by is None:
            return
        mine = self.grants_of(by) if by in self.members else {}
        is_guest = self.members.get(by) is Role.GUEST and Permission.PROJECT_READ_ALL not in mine
        if any(not covers(mine, grants) or (is_guest and base is not Role.GUEST) for base, grants in wanted):
            raise Forbidden("only those who may do as much themselves may give or take such a role")

    def _require_other_owner(self, user_id: UserId, present: Role) -> None:
        owners = [member for member, role in self.members.items() if role is Role.OWNER]
        if present is Role.OWNER and owners == [user_id]:
            raise LastOwner("a workspace needs an owner: make somebody else one first")
