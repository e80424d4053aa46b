"""`notifications settings` and `notifications preferences`: where and when one is told, of what, and by which way."""

from datetime import datetime
from typing import TypeVar

import click

from colonnade.application.messaging import UNSET, Unset
from colonnade.application.notifications import (
    EditPreferences,
    EditSettings,
    GetPreferences,
    GetSettings,
    PersonalSettingsView,
    PreferencesView,
)
from colonnade.client.choosing import chosen_workspace, json_option
from colonnade.client.connection import Connection, run
from colonnade.client.output import print_fields, print_json, print_table
from colonnade.client.shorthand import Shorthand
from colonnade.domain.notifications import Channel, Kind, Timing
from colonnade.domain.workspaces import WorkspaceId

USUAL = "usual"
Value = TypeVar("Value")

_TIME = click.DateTime(["%H:%M"])
_place_option = click.option("--workspace", "-w", help="Only in this workspace (slug or id); in all, if not said.")


@click.group(cls=Shorthand, usual="show")
def settings() -> None:
    """Show (if nothing else is said) and change where and when you can be reached."""


@settings.command("show")
@json_option
def show_settings(as_json: bool) -> None:
    """Show where and when you can be reached."""

    async def work(connection: Connection) -> None:
        _print_settings(await connection.bus.send(GetSettings()), as_json=as_json)

    run(work)


@settings.command("set")
@click.option("--timezone", metavar="ZONE", help="Where you are, such as Europe/Berlin.")
@click.option("--quiet-from", type=_TIME, metavar="HH:MM", help="When you want to be left alone, every day.")
@click.option("--quiet-to", type=_TIME, metavar="HH:MM", help="Until when.")
@click.option("--no-quiet", is_flag=True, help="No quiet hours any more.")
@click.option(
    "--digest-hour", "digest_hours", multiple=True, type=click.IntRange(0, 23), help="Hour of digests; repeatable."
)
@click.option("--phone", help="Where text messages go, such as +4915112345678.")
@click.option("--no-phone", is_flag=True, help="No text messages any more.")
@click.option("--chat-url", help="Webhook of the chat room that you are told in.")
@click.option("--no-chat-url", is_flag=True, help="No messages to a chat room any more.")
@json_option
def set_settings(
    timezone: str | None,
    quiet_from: datetime | None,
    quiet_to: datetime | None,
    no_quiet: bool,
    digest_hours: tuple[int, ...],
    phone: str | None,
    no_phone: bool,
    chat_url: str | None,
    no_chat_url: bool,
    as_json: bool,
) -> None:
    """Change where and when you can be reached; what is not named stays as it is."""
    if (quiet_from is None) is not (quiet_to is None):
        raise click.UsageError("say both --quiet-from and --quiet-to")

    async def work(connection: Connection) -> None:
        quiet_hours = {"start": quiet_from.time(), "end": quiet_to.time()} if quiet_from and quiet_to else None
        changes = {
            "timezone": UNSET if timezone is None else timezone,
            "quiet_hours": _choice(quiet_hours, no_quiet, "--quiet-from or --no-quiet"),
            "digest_hours": digest_hours or UNSET,
            "phone": _choice(phone, no_phone, "--phone or --no-phone"),
            "chat_url": _choice(chat_url, no_chat_url, "--chat-url or --no-chat-url"),
        }
        said = {name: value for name, value in changes.items() if value is not UNSET}
        if not said:
            raise click.UsageError("say what to change, for example --timezone")
        _print_settings(await connection.bus.send(EditSettings.model_validate(said)), as_json=as_json)

    run(work)


def _choice(wanted: Value | None, is_cleared: bool, options: str) -> Value | Unset | None:
    if wanted is not None and is_cleared:
        raise click.UsageError(f"say either {options}")
    return UNSET if wanted is None and not is_cleared else wanted


@click.group(cls=Shorthand, usual="show")
def preferences() -> None:
    """Show (if nothing else is said) and change what you hear of, by which way and how soon."""


@preferences.command("show")
@_place_option
@json_option
def show_preferences(workspace: str | None, as_json: bool) -> None:
    """Show what you hear of; a star marks what you have chosen here."""

    async def work(connection: Connection) -> None:
        message = GetPreferences(workspace_id=await _place(connection, workspace))
        _print_preferences(await connection.bus.send(message), as_json=as_json)

    run(work)


@preferences.command("set")
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("channel", type=click.Choice([channel.value for channel in Channel]))
@click.argument("timing", type=click.Choice([*(timing.value for timing in Timing), USUAL]))
@_place_option
@json_option
def set_preference(kind: str, channel: str, timing: str, workspace: str | None, as_json: bool) -> None:
    """Choose how soon (TIMING) you hear of a KIND of thing by a CHANNEL; `usual` takes the choice back."""

    async def work(connection: Connection) -> None:
        chosen = None if timing == USUAL else Timing(timing)
        message = EditPreferences(
            workspace_id=await _place(connection, workspace), choices={Kind(kind): {Channel(channel): chosen}}
        )
        _print_preferences(await connection.bus.send(message), as_json=as_json)

    run(work)


async def _place(connection: Connection, said: str | None) -> WorkspaceId | None:
    return None if said is None else (await chosen_workspace(connection, said)).id


def _print_settings(settings: PersonalSettingsView, *, as_json: bool) -> None:
    if as_json:
        print_json(settings)
        return
    quiet = settings.quiet_hours
    print_fields(
        [
            ("Time zone", settings.timezone),
            ("Quiet hours", f"{quiet.start:%H:%M} to {quiet.end:%H:%M}" if quiet else None),
            ("Digests at", ", ".join(f"{hour:02}:00" for hour in settings.digest_hours)),
            ("Phone", settings.phone),
            ("Chat room", settings.chat_url),
        ]
    )


def _print_preferences(preferences: PreferencesView, *, as_json: bool) -> None:
    if as_json:
        print_json(preferences)
        return
    chosen = {(kind, channel) for kind, by_channel in preferences.chosen.items() for channel in by_channel}
    rows = [
        (kind, *(f"{timing}{' *' if (kind, channel) in chosen else ''}" for channel, timing in by_channel.items()))
        for kind, by_channel in preferences.timings.items()
    ]
    print_table(("Kind", *Channel), rows)
