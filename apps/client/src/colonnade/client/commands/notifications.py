"""`notifications`: reading them; where and how one is told is in `notification_settings`."""

import click

from colonnade.application.messaging import items
from colonnade.application.notifications import (
    ArchiveNotifications,
    ListNotificationDeliveries,
    ListNotifications,
    MarkRead,
    NotificationView,
)
from colonnade.application.workspaces import ListWorkspaces
from colonnade.client.choosing import json_option
from colonnade.client.commands.notification_settings import preferences, settings
from colonnade.client.connection import Connection, run
from colonnade.client.lists import LARGEST_PAGE, beginning, limit_option, tell_of_rest
from colonnade.client.moments import shown
from colonnade.client.output import print_json, print_table
from colonnade.client.short_ids import named_by, short, whole_id
from colonnade.client.shorthand import Shorthand
from colonnade.domain.notifications import Kind, NotificationId

SENTENCES = {
    Kind.ASSIGNED: "{key} was assigned to you: {title}",
    Kind.STATUS_CHANGED: "{key} went from {old} to {new}: {title}",
    Kind.ADDED_TO_WORKSPACE: "You were let into the workspace {workspace}",
    Kind.DUE_SOON: "{key} is due on {due_on}: {title}",
    Kind.OVERDUE: "{key} was due on {due_on}: {title}",
    Kind.PROCESS_FINISHED: "{title}",
    Kind.WEBHOOK_DISABLED: "The webhook to {url} was disabled: it {reason}",
}
"""What is said of each kind, with its facts in braces."""


@click.group(cls=Shorthand)
def notifications() -> None:
    """List what you were told (if nothing else is said), and choose what you hear of and how."""


@notifications.command("list")
@click.option("--all", "everything", is_flag=True, help="Show what you have read, too; a star marks what you have not.")
@limit_option
@json_option
def list_notifications(everything: bool, limit: int, as_json: bool) -> None:
    """List what you were told and have not read, the newest first."""

    async def work(connection: Connection) -> None:
        page = await beginning(connection, ListNotifications(unread=not everything), limit)
        if as_json:
            print_json(page)
            return
        places = {each.id: each.name for each in (await connection.bus.send(ListWorkspaces())).items}
        rows = [
            (
                "" if each.read_at else "*",
                short(each.id),
                shown(each.created_at),
                places.get(each.workspace_id) if each.workspace_id else None,
                _sentence(each),
            )
            for each in page.items
        ]
        print_table(("", "Id", "At", "Workspace", "What"), rows)
        tell_of_rest(page)

    run(work)


def _sentence(notification: NotificationView) -> str:
    sentence = SENTENCES[notification.kind].format_map(notification.facts)
    more = notification.facts.get("text")
    return f"{sentence}: {more}" if more and notification.kind is Kind.PROCESS_FINISHED else sentence


@notifications.command()
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that you were told.")
def read(ids: tuple[str, ...], everything: bool) -> None:
    """Note that you have read the notifications with these IDS."""
    if bool(ids) is everything:
        raise click.UsageError("name either the ids or --all")

    async def work(connection: Connection) -> str:
        if everything:
            await connection.bus.send(MarkRead(everything=True))
            return "You have read everything."
        found = [await _chosen(connection, said) for said in ids]
        await connection.bus.send(MarkRead(ids=tuple(found)))
        return f"You have read {_count(found)}."

    click.echo(run(work))


@notifications.command()
@click.argument("ids", nargs=-1, required=True)
def archive(ids: tuple[str, ...]) -> None:
    """Put the notifications with these IDS away; they count as read."""

    async def work(connection: Connection) -> str:
        found = [await _chosen(connection, said) for said in ids]
        await connection.bus.send(ArchiveNotifications(ids=tuple(found)))
        return f"You have put {_count(found)} away."

    click.echo(run(work))


@notifications.command()
@click.argument("notification")
@json_option
def deliveries(notification: str, as_json: bool) -> None:
    """Show what became of NOTIFICATION (its id) on each way outside the app."""

    async def work(connection: Connection) -> None:
        found = await _chosen(connection, notification)
        page = await connection.bus.send(ListNotificationDeliveries(notification_id=found))
        if as_json:
            print_json(page)
            return
        rows = [(each.channel, each.state, shown(each.sent_at), each.reason) for each in page.items]
        print_table(("Channel", "State", "Sent", "Reason"), rows)

    run(work)


async def _chosen(connection: Connection, said: str) -> NotificationId:
    whole = whole_id(said)
    if whole is not None:
        return NotificationId(whole)
    everything = items(connection.bus, ListNotifications(limit=LARGEST_PAGE))
    return (await named_by(said, everything, "notification")).id


def _count(found: list[NotificationId]) -> str:
    return "1 notification" if len(found) == 1 else f"{len(found)} notifications"


notifications.add_command(settings)
notifications.add_command(preferences)

COMMANDS = {"notifications": notifications}
