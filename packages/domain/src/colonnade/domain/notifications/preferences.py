"""Preferences: what somebody wants to hear of, by which way and how soon, in one workspace or in all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, NewType, Self
from uuid import UUID, uuid5

from colonnade.core import AggregateRoot, Invalid, UserId
from colonnade.domain.notifications.events import PreferenceChanged
from colonnade.domain.notifications.kinds import USUAL, Channel, Kind, Timing
from colonnade.domain.workspaces import WorkspaceId

PreferencesId = NewType("PreferencesId", UUID)


def preferences_id(user_id: UserId, workspace_id: WorkspaceId | None) -> PreferencesId:
    """Return the identity of somebody's preferences in a workspace, or of those for all: there is one of each."""
    return PreferencesId(uuid5(user_id, f"preferences {workspace_id or ''}"))


@dataclass(eq=False, kw_only=True)
class Preferences(AggregateRoot[PreferencesId]):
    """What somebody chose; whatever they did not is as in the preferences for all workspaces, or else as usual.

    Attributes:
        workspace_id: Where it holds; none for all workspaces.
        choices: What was chosen.
    """

    stream_kind: ClassVar[str] = "preferences"

    user_id: UserId
    workspace_id: WorkspaceId | None
    choices: dict[tuple[Kind, Channel], Timing] = field(default_factory=dict)

    @classmethod
    def untouched(cls, user_id: UserId, workspace_id: WorkspaceId | None) -> Self:
        """Return the preferences of somebody who has chosen nothing yet."""
        return cls(id=preferences_id(user_id, workspace_id), user_id=user_id, workspace_id=workspace_id)

    def choose(self, kind: Kind, channel: Channel, timing: Timing | None) -> None:
        """Choose how to hear of something; none takes the choice back.

        Raises:
            Invalid: The app keeps things until they are looked at, so it has no digests.
        """
        if channel is Channel.IN_APP and timing is Timing.DIGEST:
            raise Invalid("the app has no digest: choose at_once or off", field="choices")
        if timing is self.choices.get((kind, channel)):
            return
        if timing is None:
            del self.choices[kind, channel]
        else:
            self.choices[kind, channel] = timing
        self.record(
            PreferenceChanged(
                user_id=self.user_id, workspace_id=self.workspace_id, kind=kind, channel=channel, timing=timing
            )
        )


def timing_of(kind: Kind, channel: Channel, preferences: Iterable[Preferences]) -> Timing:
    """Return how somebody hears of something.

    Args:
        kind: Of what.
        channel: By which way.
        preferences: Theirs, the ones that go first at the beginning.
    """
    for chosen in preferences:
        timing = chosen.choices.get((kind, channel))
        if timing is not None:
            return timing
    return USUAL[kind, channel]
