"""Say where and when you can be reached."""

from typing import Annotated

from pydantic import Field

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import (
    SIGNED_IN,
    UNSET,
    Caller,
    Handlers,
    Query,
    Unset,
    VersionedCommand,
)
from colonnade.application.notifications.ports import Outbox
from colonnade.application.notifications.sending import DIGEST, SendFolded
from colonnade.application.notifications.views import PersonalSettingsView
from colonnade.core import Clock, NotFound
from colonnade.domain.notifications import (
    ChatUrl,
    DigestHours,
    PersonalSettings,
    PersonalSettingsRepository,
    PhoneNumber,
    QuietHours,
    TimeZone,
    next_digest,
)

handlers = Handlers()


class GetSettings(Query[PersonalSettingsView], name="notifications.get_settings", requires=SIGNED_IN):
    """Show where and when you can be reached."""


class EditSettings(VersionedCommand[PersonalSettingsView], name="notifications.edit_settings", requires=SIGNED_IN):
    """Change where and when you can be reached; what is left out stays as it is, null clears (RFC 7396)."""

    timezone: TimeZone | Unset = UNSET
    quiet_hours: QuietHours | Unset | None = UNSET
    digest_hours: DigestHours | Unset = UNSET
    phone: PhoneNumber | Unset | None = UNSET
    chat_url: Annotated[ChatUrl | Unset | None, Field(repr=False)] = UNSET


@handlers.handles(EditSettings)
async def edit_settings(
    command: EditSettings,
    repository: PersonalSettingsRepository,
    outbox: Outbox,
    scheduler: Scheduler,
    caller: Caller,
    clock: Clock,
) -> PersonalSettingsView:
    """Apply each change that was sent; digests that wait go out at the new hour."""
    try:
        settings = await repository.get(caller.user_id)
    except NotFound:
        settings = PersonalSettings.untouched(caller.user_id)
    settings.require_version(command.expected_version)
    hours = (settings.timezone, settings.digest_hours)
    sent = {name: getattr(command, name) for name in command.model_fields_set - {"expected_version"}}
    settings.change(**{name: value for name, value in sent.items() if value is not UNSET})
    if 0 < settings.version == len(settings.recorded_events):
        await repository.add(settings)
    if hours != (settings.timezone, settings.digest_hours):
        for channel, fold in await outbox.waiting(caller.user_id, DIGEST):
            later = SendFolded(user_id=caller.user_id, channel=channel, fold=fold)
            scheduler.cancel(later.unique_key)
            scheduler.send_later(later, at=next_digest(settings, clock.now()), unique=later.unique_key)
    return PersonalSettingsView.of(settings)
