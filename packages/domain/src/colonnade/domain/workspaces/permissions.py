"""What can be allowed, on what condition, and which role allows it. Policy is data: to read it is to know it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from colonnade.core import Specification, UserId, field


class Permission(StrEnum):
    """Something that a member of a workspace may be allowed to do."""

    WORKSPACE_READ = "workspace.read"
    WORKSPACE_MANAGE = "workspace.manage"
    MEMBER_READ = "member.read"
    MEMBER_MANAGE = "member.manage"
    ROLE_MANAGE = "role.manage"
    AUDIT_READ = "audit.read"
    PROJECT_READ = "project.read"
    PROJECT_READ_ALL = "project.read_all"
    PROJECT_MANAGE = "project.manage"
    TASK_READ = "task.read"
    TASK_CREATE = "task.create"
    TASK_EDIT = "task.edit"
    TASK_DELETE = "task.delete"
    WEBHOOK_MANAGE = "webhook.manage"


OF_THE_WHOLE = frozenset({Permission.WORKSPACE_MANAGE, Permission.WEBHOOK_MANAGE, Permission.AUDIT_READ})
"""What shows every project, by an export, a webhook or the audit: nothing for those who see some projects only."""


class Condition(StrEnum):
    """What must be true of a task for a permission to hold on it."""

    ALWAYS = "always"
    AUTHOR = "author"
    ASSIGNEE = "assignee"
    INVOLVED = "involved"

    def holds(self, me: UserId) -> Specification | None:
        """Return the condition on a task's fields for somebody; none if it holds for every task."""
        match self:
            case Condition.ALWAYS:
                return None
            case Condition.AUTHOR:
                return field("created_by") == me
            case Condition.ASSIGNEE:
                return field("assignee_id") == me
            case Condition.INVOLVED:
                return (field("created_by") == me) | (field("assignee_id") == me)


Grants = Mapping[Permission, Condition]
"""What is allowed, and on what condition."""


class Role(StrEnum):
    """What somebody is in a workspace; each role may do all that the next one may."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"


def covers(mine: Grants, theirs: Grants) -> bool:
    """Tell whether whoever has the first grants may do all that the second allow."""
    return all(mine.get(permission) in {Condition.ALWAYS, condition} for permission, condition in theirs.items())


def _always(*permissions: Permission) -> dict[Permission, Condition]:
    return dict.fromkeys(permissions, Condition.ALWAYS)


_GUEST = {
    **_always(Permission.WORKSPACE_READ, Permission.PROJECT_READ, Permission.TASK_READ),
    Permission.TASK_EDIT: Condition.ASSIGNEE,
}
_MEMBER = {
    **_GUEST,
    **_always(Permission.MEMBER_READ, Permission.TASK_CREATE, Permission.TASK_EDIT),
    Permission.TASK_DELETE: Condition.INVOLVED,
}
_ADMIN = {
    **_MEMBER,
    **_always(
        Permission.TASK_DELETE,
        Permission.MEMBER_MANAGE,
        Permission.PROJECT_MANAGE,
        Permission.PROJECT_READ_ALL,
        Permission.WEBHOOK_MANAGE,
    ),
}
_OWNER = {**_ADMIN, **_always(Permission.WORKSPACE_MANAGE, Permission.ROLE_MANAGE, Permission.AUDIT_READ)}

GRANTS: Mapping[Role, Grants] = MappingProxyType(
    {
        Role.OWNER: MappingProxyType(_OWNER),
        Role.ADMIN: MappingProxyType(_ADMIN),
        Role.MEMBER: MappingProxyType(_MEMBER),
        Role.GUEST: MappingProxyType(_GUEST),
    }
)
"""The grants of each role."""
