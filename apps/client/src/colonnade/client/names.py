"""What people in a workspace are called, as far as whoever asks may know."""

from uuid import UUID

from colonnade.application.workspaces import ListMembers, MemberView
from colonnade.client.connection import Connection
from colonnade.core import Forbidden
from colonnade.domain.workspaces import WorkspaceId


class Names:
    """The names of people by their ids; guests and tokens that may not see the members see nobody's."""

    def __init__(self, members: tuple[MemberView, ...] | None) -> None:
        self._members = {str(member.user_id): member for member in members or ()}
        self._absent = "somebody" if members is None else "somebody who left"

    def name(self, person: UUID | str) -> str:
        """Return somebody's name."""
        member = self._members.get(str(person))
        return self._absent if member is None else member.name

    def name_and_address(self, person: UUID | str) -> str:
        """Return somebody's name and e-mail address."""
        member = self._members.get(str(person))
        return self._absent if member is None else f"{member.name} <{member.email}>"


async def names_in(connection: Connection, workspace_id: WorkspaceId) -> Names:
    """Return the names of those who belong to a workspace."""
    try:
        return Names((await connection.bus.send(ListMembers(workspace_id=workspace_id))).items)
    except Forbidden:
        return Names(None)
