"""`subscriptions` and `dead-letters`."""

from datetime import datetime
from uuid import UUID

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.asking import as_json, ask, show_one, show_table

_STATES = click.Choice(["dead", "retrying", "waiting", "all"])


@click.group()
def subscriptions() -> None:
    """Look after what hears of events."""


@subscriptions.command("list")
@as_json
@click.pass_obj
def list_subscriptions(layers: Layers, json_wanted: bool) -> None:
    """List the subscriptions: how far each is behind, and what it could not handle."""
    from colonnade.application.operations import ListSubscriptions

    columns = ("name", "generation", "state", "partitions", "read_by", "behind", "retrying", "waiting", "dead")
    items = ask(layers, ListSubscriptions()).items
    show_table(items, columns, json_wanted=json_wanted, nothing="No worker has registered any yet.")


@subscriptions.command("rebuild")
@click.argument("name")
@click.option("--since", type=click.DateTime(), help="Begin with the first event since then (UTC).")
@click.option("--since-position", type=click.IntRange(0), help="Begin with the event at this position.")
@click.pass_obj
def rebuild(layers: Layers, name: str, since: datetime | None, since_position: int | None) -> None:
    """Build a projection anew from the log while the present edition goes on being read."""
    from datetime import UTC

    from colonnade.application.operations import RebuildProjection

    moment = None if since is None else since.replace(tzinfo=UTC)
    generation = ask(layers, RebuildProjection(name=name, since=moment, since_position=since_position))
    click.echo(f"Edition {generation} of {name} grows; it takes the place of the present one when it has caught up.")


@click.group("dead-letters")
def dead_letters() -> None:
    """Look after events that a subscription could not handle."""


@dead_letters.command("list")
@click.option("--subscription", help="Only those of this subscription.")
@click.option("--state", type=_STATES, default="dead", show_default=True, help="Only those in this state.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many at most.")
@as_json
@click.pass_obj
def list_dead_letters(layers: Layers, subscription: str | None, state: str, limit: int, json_wanted: bool) -> None:
    """List them, the oldest first."""
    from colonnade.application.operations import ListDeadLetters, ParkedState

    wanted = None if state == "all" else ParkedState(state)
    columns = ("id", "subscription", "event_type", "stream", "state", "attempts", "error_code", "parked_at")
    items = ask(layers, ListDeadLetters(subscription=subscription, state=wanted, limit=limit)).items
    show_table(items, columns, json_wanted=json_wanted, nothing="There are none.")


@dead_letters.command("show")
@click.argument("dead_letter_id", type=click.UUID)
@as_json
@click.pass_obj
def show_dead_letter(layers: Layers, dead_letter_id: UUID, json_wanted: bool) -> None:
    """Show one with the facts of its event, the error, and how many wait behind it."""
    from colonnade.application.operations import GetDeadLetter

    show_one(ask(layers, GetDeadLetter(dead_letter_id=dead_letter_id)), json_wanted=json_wanted)


@dead_letters.command("replay")
@click.argument("dead_letter_ids", type=click.UUID, nargs=-1, required=True)
@click.pass_obj
def replay(layers: Layers, dead_letter_ids: tuple[UUID, ...]) -> None:
    """Handle them again, and then what waits behind each."""
    from colonnade.application.operations import ReplayDeadLetter

    for dead_letter_id in dead_letter_ids:
        ask(layers, ReplayDeadLetter(dead_letter_id=dead_letter_id))
        click.echo(f"{dead_letter_id} is tried again.")


@dead_letters.command("drop")
@click.argument("dead_letter_ids", type=click.UUID, nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def drop(layers: Layers, dead_letter_ids: tuple[UUID, ...], yes: bool) -> None:
    """Give them up: the subscription goes on with what waits behind each."""
    from colonnade.application.operations import DropDeadLetter

    if not yes:
        click.confirm(f"The subscription will never handle {len(dead_letter_ids)} event(s). Go on?", abort=True)
    for dead_letter_id in dead_letter_ids:
        ask(layers, DropDeadLetter(dead_letter_id=dead_letter_id))
        click.echo(f"{dead_letter_id} is dropped.")
