"""Choose what to hear of, by which way and how soon."""

from colonnade.application.messaging import SIGNED_IN, Caller, Handlers, Query, VersionedCommand
from colonnade.application.notifications.views import PreferencesView
from colonnade.application.workspaces.memberships import Memberships
from colonnade.core import NotFound, UserId
from colonnade.domain.notifications import (
    Channel,
    Kind,
    Preferences,
    PreferencesRepository,
    Timing,
    preferences_id,
)
from colonnade.domain.workspaces import WorkspaceId

handlers = Handlers()


class GetPreferences(Query[PreferencesView], name="notifications.get_preferences", requires=SIGNED_IN):
    """Show what you want to hear of, in a workspace or by default in all."""

    workspace_id: WorkspaceId | None = None


class EditPreferences(VersionedCommand[PreferencesView], name="notifications.edit_preferences", requires=SIGNED_IN):
    """Change what you want to hear of; what is left out stays as it is, null takes a choice back (RFC 7396)."""

    workspace_id: WorkspaceId | None = None
    choices: dict[Kind, dict[Channel, Timing | None]]


@handlers.handles(EditPreferences)
async def edit_preferences(
    command: EditPreferences, repository: PreferencesRepository, memberships: Memberships, caller: Caller
) -> PreferencesView:
    """Apply each choice that was sent."""
    user_id = caller.user_id
    await require_place(user_id, command.workspace_id, memberships)
    preferences = await find_preferences(repository, user_id, command.workspace_id)
    preferences.require_version(command.expected_version)
    for kind, by_channel in command.choices.items():
        for channel, timing in by_channel.items():
            preferences.choose(kind, channel, timing)
    await keep_preferences(repository, preferences)
    everywhere = await find_preferences(repository, user_id, None) if command.workspace_id else preferences
    return PreferencesView.of(preferences, everywhere)


async def require_place(user_id: UserId, workspace_id: WorkspaceId | None, memberships: Memberships) -> None:
    """Check that somebody belongs to the workspace, if one is named.

    Raises:
        NotFound: To them, there is none.
    """
    if workspace_id is not None and await memberships.of(user_id, workspace_id) is None:
        raise NotFound("there is no such workspace", field="workspace_id")


async def find_preferences(
    repository: PreferencesRepository, user_id: UserId, workspace_id: WorkspaceId | None
) -> Preferences:
    """Return somebody's preferences in a workspace or for all, untouched ones if they chose nothing there."""
    try:
        return await repository.get(preferences_id(user_id, workspace_id))
    except NotFound:
        return Preferences.untouched(user_id, workspace_id)


async def keep_preferences(repository: PreferencesRepository, preferences: Preferences) -> None:
    """Put preferences in that were untouched until now."""
    if 0 < preferences.version == len(preferences.recorded_events):
        await repository.add(preferences)
