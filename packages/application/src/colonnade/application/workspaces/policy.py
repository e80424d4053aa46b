"""The access policy of the product: what you may do in a workspace follows from your role there."""

from enum import StrEnum
from typing import Any, Protocol

from colonnade.application.identity.operators import Operators
from colonnade.application.messaging import Caller, Message
from colonnade.application.operations import OperationsPermission
from colonnade.core import Forbidden, Invalid, NotFound, UserId
from colonnade.domain.workspaces import GRANTS, Role, WorkspaceId


class Memberships(Protocol):
    """Knows who belongs to which workspace."""

    async def role_of(self, user_id: UserId, workspace_id: WorkspaceId) -> Role | None:
        """Return somebody's role in a workspace, or none if they do not belong or there is no such workspace."""
        ...


async def require_member(
    user_id: UserId | None, workspace_id: WorkspaceId, memberships: Memberships, *, field: str
) -> None:
    """Check that somebody belongs to the workspace; nobody always does.

    Raises:
        Invalid: They do not.
    """
    if user_id is not None and await memberships.role_of(user_id, workspace_id) is None:
        raise Invalid("is not a member of this workspace", field=field)


class MembershipPolicy:
    """Allows what the caller's role in the message's workspace grants, and operators to look after the service.

    To somebody who does not belong to the workspace it does not exist.
    """

    def __init__(self, memberships: Memberships, operators: Operators) -> None:
        self._role_of = memberships.role_of
        self._is_operator = operators.has

    async def authorise(self, permission: StrEnum, message: Message[Any], caller: Caller) -> None:
        """Return if the caller may.

        Raises:
            NotFound: They do not belong to the workspace, or there is none.
            Forbidden: Their role does not grant the permission.
        """
        if isinstance(permission, OperationsPermission):
            if not await self._is_operator(caller.user_id):
                raise Forbidden("only an operator of the service may do this", permission=permission)
            return
        role = await self._role_of(caller.user_id, message.workspace_id)  # type: ignore[attr-defined]  # a test holds it
        if role is None:
            raise NotFound("there is no such workspace", field="workspace_id")
        if permission not in GRANTS[role]:
            raise Forbidden(f"a {role} may not do this: it needs {permission}", role=role, permission=permission)
