"""The commands about what was sent to webhooks."""

import click

from colonnade.application.integrations import (
    DeliveryWithAttempts,
    GetDelivery,
    ListDeliveries,
    PingWebhook,
    RedeliverWebhook,
    WebhookAttemptView,
    WebhookDeliveryState,
    WebhookDeliveryView,
)
from colonnade.client.choosing import chosen_workspace, json_option, workspace_option
from colonnade.client.commands.webhook_choosing import chosen_delivery, chosen_webhook
from colonnade.client.connection import Connection, run
from colonnade.client.lists import beginning, limit_option, tell_of_rest
from colonnade.client.moments import shown, shown_exactly
from colonnade.client.output import print_fields, print_json, print_table
from colonnade.client.short_ids import short


@click.command()
@click.argument("webhook", required=False)
@click.option("--state", type=click.Choice([state.value for state in WebhookDeliveryState]), help="Only those.")
@workspace_option
@limit_option
@json_option
def deliveries(webhook: str | None, state: str | None, workspace: str | None, limit: int, as_json: bool) -> None:
    """List what WEBHOOK (its address or id), or every webhook, was told of, the newest first."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        message = ListDeliveries(
            workspace_id=chosen.id,
            webhook_id=(await chosen_webhook(connection, chosen, webhook)).id if webhook else None,
            state=WebhookDeliveryState(state) if state else None,
        )
        page = await beginning(connection, message, limit)
        if as_json:
            print_json(page)
            return
        rows = [
            (
                short(each.id),
                shown(each.created_at),
                each.event_type,
                each.state,
                each.attempts,
                shown(each.next_attempt_at),
                short(each.webhook_id),
            )
            for each in page.items
        ]
        print_table(("Id", "At", "Event", "State", "Attempts", "Next attempt", "Webhook"), rows)
        tell_of_rest(page)

    run(work)


@click.command()
@click.argument("delivery")
@workspace_option
@json_option
def delivery(delivery: str, workspace: str | None, as_json: bool) -> None:
    """Show DELIVERY (its id) with every request and answer; --json has their headers, too."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        wanted = GetDelivery(workspace_id=chosen.id, delivery_id=await chosen_delivery(connection, chosen, delivery))
        found = await connection.bus.send(wanted)
        if as_json:
            print_json(found)
        else:
            _print(found)

    run(work)


@click.command()
@click.argument("webhook")
@workspace_option
@json_option
def ping(webhook: str, workspace: str | None, as_json: bool) -> None:
    """Send WEBHOOK (its address or id) a test event now."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_webhook(connection, chosen, webhook)
        message = PingWebhook(workspace_id=chosen.id, webhook_id=found.id)
        _print_begun(await connection.bus.send(message), as_json=as_json)

    run(work)


@click.command()
@click.argument("delivery")
@workspace_option
@json_option
def redeliver(delivery: str, workspace: str | None, as_json: bool) -> None:
    """Send the event of DELIVERY (its id) once more."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_delivery(connection, chosen, delivery)
        message = RedeliverWebhook(workspace_id=chosen.id, delivery_id=found)
        _print_begun(await connection.bus.send(message), as_json=as_json)

    run(work)


def _print_begun(begun: WebhookDeliveryView, *, as_json: bool) -> None:
    if as_json:
        print_json(begun)
    else:
        click.echo(f"On its way: 'colonnade webhooks delivery {short(begun.id)}' shows what came of it.")


def _print(delivery: DeliveryWithAttempts) -> None:
    print_fields(
        [
            ("Id", delivery.id),
            ("Webhook", delivery.webhook_id),
            ("Event", f"{delivery.event_type} {delivery.event_id}"),
            ("State", delivery.state),
            ("At", shown(delivery.created_at)),
            ("Next attempt", shown(delivery.next_attempt_at)),
            ("Once more of", delivery.redelivery_of),
            ("Body", delivery.payload),
        ]
    )
    for attempt in delivery.log:
        click.echo(f"\n{attempt.number}. {shown_exactly(attempt.at)}, {attempt.milliseconds} ms: {_outcome(attempt)}")
        for line in attempt.response_body.splitlines():
            click.echo(f"   {_printable(line)}")


def _outcome(attempt: WebhookAttemptView) -> str:
    return f"status {attempt.status}" if attempt.error is None else _printable(attempt.error)


def _printable(text: str) -> str:
    """Return what a stranger's server sent without what would steer a terminal."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


DELIVERING = (deliveries, delivery, ping, redeliver)
