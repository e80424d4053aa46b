"""Those who are told: where they can be reached, and what they want to hear."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from colonnade.core import Email, UserId
from colonnade.domain.notifications import Channel, Kind, PersonalSettings, Preferences, Timing, timing_of
from colonnade.domain.workspaces import WorkspaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who may be told of something.

    Attributes:
        preferences: Theirs by workspace; none is the key of those for all workspaces.
        workspaces: Where they belong.
    """

    user_id: UserId
    name: str
    email: Email
    settings: PersonalSettings
    preferences: Mapping[WorkspaceId | None, Preferences]
    workspaces: frozenset[WorkspaceId]

    def may_know(self, workspace_id: WorkspaceId | None) -> bool:
        """Tell whether they may hear of what happens in a workspace; what happens in none concerns themselves."""
        return workspace_id is None or workspace_id in self.workspaces

    def timing(self, kind: Kind, channel: Channel, workspace_id: WorkspaceId | None) -> Timing:
        """Return how they hear of a kind of thing in a workspace."""
        layers = (self.preferences.get(place) for place in (workspace_id, None))
        return timing_of(kind, channel, [layer for layer in layers if layer is not None])


class Recipients(Protocol):
    """Everybody with an account."""

    async def of(self, user_ids: Collection[UserId]) -> dict[UserId, Recipient]:
        """Return those of the people who are there."""
        ...
