"""What can be allowed, and which role allows it. Policy is data: to read it is to know it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    """Something that a member of a workspace may be allowed to do."""

    WORKSPACE_READ = "workspace.read"
    WORKSPACE_MANAGE = "workspace.manage"
    MEMBER_MANAGE = "member.manage"
    PROJECT_READ = "project.read"
    PROJECT_MANAGE = "project.manage"
    TASK_READ = "task.read"
    TASK_CREATE = "task.create"
    TASK_EDIT = "task.edit"
    TASK_DELETE = "task.delete"
    WEBHOOK_MANAGE = "webhook.manage"


class Role(StrEnum):
    """What somebody is in a workspace; each role may do all that the next one may."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"


_GUEST = frozenset({Permission.WORKSPACE_READ, Permission.PROJECT_READ, Permission.TASK_READ})
_MEMBER = _GUEST | {Permission.TASK_CREATE, Permission.TASK_EDIT, Permission.TASK_DELETE}
_ADMIN = _MEMBER | {Permission.MEMBER_MANAGE, Permission.PROJECT_MANAGE, Permission.WEBHOOK_MANAGE}
_OWNER = _ADMIN | {Permission.WORKSPACE_MANAGE}

GRANTS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {Role.OWNER: _OWNER, Role.ADMIN: _ADMIN, Role.MEMBER: _MEMBER, Role.GUEST: _GUEST}
)
"""The permissions of each role."""
