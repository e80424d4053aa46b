"""Who belongs to which workspace, remembered until an event says otherwise."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from colonnade.core import DomainEvent, UserId
from colonnade.domain.workspaces import MemberAdded, MemberRemoved, MemberRoleChanged, Role, Workspace, WorkspaceId
from colonnade.infrastructure.cache import BoundedDict
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.workspaces.rows import MembershipRow

_memberships = table_of(MembershipRow).c
_ROLE = Prepared(
    select(_memberships.role).where(
        _memberships.workspace_id == bindparam("workspace_id"), _memberships.user_id == bindparam("user_id")
    )
)


class CachedMemberships:
    """Answers from a bounded cache, which the events of a change empty at once.

    A read that began before a change and ends after it is not kept: each change moves `_changes` on.
    """

    def __init__(self, database: Database, *, size: int = 50_000) -> None:
        self._database = database
        self._roles: BoundedDict[tuple[int, int], Role] = BoundedDict(size)
        self._changes = 0
        self._trusted = True

    async def role_of(self, user_id: UserId, workspace_id: WorkspaceId) -> Role | None:
        """Return somebody's role in a workspace, or none if they do not belong."""
        key = (user_id.int, workspace_id.int)
        known = self._roles.get(key)
        if known is not None:
            return known
        changes = self._changes
        rows = await self._database.read(_ROLE, {"workspace_id": workspace_id, "user_id": user_id})
        if not rows:
            return None
        role = Role(rows[0][0])
        if self._trusted and changes == self._changes:
            self._roles.put(key, role)
        return role

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Forget whoever's membership changed."""
        for event in events:
            if isinstance(event, MemberAdded | MemberRoleChanged | MemberRemoved):
                self._changes += 1
                self._roles.pop((event.user_id.int, event.workspace_id.int), None)

    def stream_changed(self, stream: str) -> None:
        """Forget every role if another process changed a workspace, which is rare."""
        if stream.startswith(f"{Workspace.stream_kind}-"):
            self._forget()

    def trust(self, *, on: bool) -> None:
        """Remember roles from now on, or none."""
        self._trusted = on
        self._forget()

    def _forget(self) -> None:
        self._changes += 1
        self._roles.clear()
