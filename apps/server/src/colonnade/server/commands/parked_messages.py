"""`parked-messages`."""

from uuid import UUID

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json, ask, show_table


@click.group("parked-messages")
def parked_messages() -> None:
    """Look after messages of brokers that nobody could deal with."""


@parked_messages.command("list")
@click.option("--topic", help="Only those of this topic.")
@click.option("--group", help="Only those of this consumer group.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many at most.")
@as_json
@click.pass_obj
def list_parked_messages(layers: Layers, topic: str | None, group: str | None, limit: int, json_wanted: bool) -> None:
    """List them, the oldest first."""
    from colonnade.application.operations import ListParkedMessages

    columns = ("id", "topic", "group", "event_id", "deliveries", "error", "parked_at")
    items = ask(layers, ListParkedMessages(topic=topic, group=group, limit=limit)).items
    show_table(items, columns, json_wanted=json_wanted, nothing="There are none.")


@parked_messages.command("drop")
@click.argument("parked_message_ids", type=click.UUID, nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def drop(layers: Layers, parked_message_ids: tuple[UUID, ...], yes: bool) -> None:
    """Drop them: nobody will ever deal with them."""
    from colonnade.application.operations import DropParkedMessage

    if not yes:
        click.confirm(f"{len(parked_message_ids)} message(s) will be gone. Go on?", abort=True)
    for parked_message_id in parked_message_ids:
        ask(layers, DropParkedMessage(parked_message_id=parked_message_id))
        click.echo(f"{parked_message_id} is dropped.")
