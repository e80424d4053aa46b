"""Unsubscribe by a link in a mail, without signing in (RFC 8058)."""

from collections.abc import Iterable
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import Field

from colonnade.application.identity.secrets import WireSecret
from colonnade.application.messaging import PUBLIC, Command, Handlers
from colonnade.application.notifications.preferences import find_preferences, keep_preferences
from colonnade.core import CursorCodec, Invalid, UserId
from colonnade.domain.notifications import Channel, Kind, PreferencesRepository, Timing
from colonnade.domain.workspaces import WorkspaceId

handlers = Handlers()

_PURPOSE = "unsubscribe"


class Unwanted(NamedTuple):
    """What somebody no longer wants to hear of by a channel."""

    user_id: UserId
    workspace_id: WorkspaceId | None
    channel: Channel
    kinds: tuple[Kind, ...]


class UnsubscribeTokens:
    """Signs what a link takes back, so that nobody can take back anything else; such a link is good for ever."""

    def __init__(self, key: bytes) -> None:
        self._codec = CursorCodec(key)

    def issue(self, user_id: UserId, workspace_id: WorkspaceId | None, channel: Channel, kinds: Iterable[Kind]) -> str:
        """Return the token for some kinds on a channel, fit for a URL."""
        place = None if workspace_id is None else str(workspace_id)
        return self._codec.encode(_PURPOSE, [str(user_id), place, channel.value, " ".join(sorted(set(kinds)))])

    def read(self, token: str) -> Unwanted:
        """Return what a token takes back; compared in constant time.

        Raises:
            Invalid: It is not one of ours.
        """
        try:
            user_id, place, channel, kinds = self._codec.decode(_PURPOSE, token, keys=4)
            return Unwanted(
                UserId(UUID(str(user_id))),
                None if place is None else WorkspaceId(UUID(str(place))),
                Channel(str(channel)),
                tuple(Kind(kind) for kind in str(kinds).split()),
            )
        except ValueError as error:
            raise Invalid("this is not a link of ours: change your preferences in the app", field="token") from error


class Unsubscribe(Command[None], name="notifications.unsubscribe", requires=PUBLIC):
    """Turn off what a link in a mail is about, there and on that channel only; a second time changes nothing."""

    token: Annotated[WireSecret, Field(min_length=1, max_length=1000)]


@handlers.handles(Unsubscribe)
async def unsubscribe(command: Unsubscribe, tokens: UnsubscribeTokens, repository: PreferencesRepository) -> None:
    """Choose off for each kind that the link is about."""
    unwanted = tokens.read(command.token.get_secret_value())
    preferences = await find_preferences(repository, unwanted.user_id, unwanted.workspace_id)
    for kind in unwanted.kinds:
        preferences.choose(kind, unwanted.channel, Timing.OFF)
    await keep_preferences(repository, preferences)
