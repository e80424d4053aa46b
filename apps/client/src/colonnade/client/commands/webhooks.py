"""`webhooks`: the endpoints; what was sent to them is in `webhook_deliveries`."""

from collections.abc import Callable

import click

from colonnade.application.integrations import (
    CreateWebhook,
    DeleteWebhook,
    DisableWebhook,
    EditWebhook,
    EnableWebhook,
    ListEventTypes,
    ListWebhooks,
    RotateSecret,
    WebhookView,
    WebhookWithSecret,
)
from colonnade.application.messaging import Message
from colonnade.client.choosing import chosen_workspace, json_option, workspace_option
from colonnade.client.commands.webhook_choosing import chosen_webhook
from colonnade.client.commands.webhook_deliveries import DELIVERING
from colonnade.client.connection import Connection, run
from colonnade.client.moments import shown
from colonnade.client.output import print_fields, print_json, print_table
from colonnade.client.short_ids import short
from colonnade.client.shorthand import Shorthand
from colonnade.domain.integrations import SignatureKind

_EVENT_HELP = "A published event, such as tasks.task_assigned, or * for all; say it again for more."

Make = Callable[[WebhookView], Message[WebhookView]]


@click.group(cls=Shorthand)
def webhooks() -> None:
    """List (if nothing else is said), make and change webhooks: requests that tell other systems of events."""


@webhooks.command("list")
@workspace_option
@json_option
def list_webhooks(workspace: str | None, as_json: bool) -> None:
    """List the webhooks of a workspace, the oldest first."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        page = await connection.bus.send(ListWebhooks(workspace_id=chosen.id))
        if as_json:
            print_json(page)
            return
        rows = [(short(each.id), each.url, ", ".join(each.event_types), _state(each)) for each in page.items]
        print_table(("Id", "Address", "Events", "State"), rows)

    run(work)


@webhooks.command()
@click.argument("url")
@click.option("--event", "events", multiple=True, required=True, metavar="TYPE", help=_EVENT_HELP)
@click.option("--description", default="", help="What it is for.")
@click.option("--public-key", is_flag=True, help="Sign with Ed25519, so that receivers need no secret.")
@workspace_option
@json_option
def create(
    url: str, events: tuple[str, ...], description: str, public_key: bool, workspace: str | None, as_json: bool
) -> None:
    """Send a signed request to URL whenever one of the events happens (Standard Webhooks).

    The secret that its receiver verifies requests with is printed once.
    """

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        message = CreateWebhook.model_validate(
            {
                "workspace_id": chosen.id,
                "url": url,
                "event_types": events,
                "description": description,
                "signature": SignatureKind.ASYMMETRIC if public_key else SignatureKind.SYMMETRIC,
            }
        )
        _print(await connection.bus.send(message), as_json=as_json)

    run(work)


@webhooks.command()
@click.argument("webhook")
@workspace_option
@json_option
def show(webhook: str, workspace: str | None, as_json: bool) -> None:
    """Show WEBHOOK (its address or id)."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        _print(await chosen_webhook(connection, chosen, webhook), as_json=as_json)

    run(work)


@webhooks.command()
@click.argument("webhook")
@click.option("--url", help="Another address.")
@click.option("--event", "events", multiple=True, metavar="TYPE", help=f"Instead of the present ones. {_EVENT_HELP}")
@click.option("--description", help="What it is for.")
@workspace_option
@json_option
def edit(
    webhook: str,
    url: str | None,
    events: tuple[str, ...],
    description: str | None,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Change WEBHOOK (its address or id); what is not named stays as it is."""
    if url is None and not events and description is None:
        raise click.UsageError("say what to change, for example --event")

    def make(found: WebhookView) -> EditWebhook:
        changes = {"url": url, "event_types": events or None, "description": description}
        said = {name: value for name, value in changes.items() if value is not None}
        return EditWebhook.model_validate({"workspace_id": found.workspace_id, "webhook_id": found.id, **said})

    _change(webhook, workspace, make, as_json=as_json)


@webhooks.command("rotate-secret")
@click.argument("webhook")
@workspace_option
@json_option
def rotate_secret(webhook: str, workspace: str | None, as_json: bool) -> None:
    """Sign requests to WEBHOOK (its address or id) with a new secret, which is printed once.

    The former one is used beside it for a while, so that receivers can change over.
    """

    def make(found: WebhookView) -> RotateSecret:
        return RotateSecret(workspace_id=found.workspace_id, webhook_id=found.id)

    _change(webhook, workspace, make, as_json=as_json)


@webhooks.command()
@click.argument("webhook")
@workspace_option
@json_option
def enable(webhook: str, workspace: str | None, as_json: bool) -> None:
    """Send requests to the disabled WEBHOOK (its address or id) again."""

    def make(found: WebhookView) -> EnableWebhook:
        return EnableWebhook(workspace_id=found.workspace_id, webhook_id=found.id)

    _change(webhook, workspace, make, as_json=as_json)


@webhooks.command()
@click.argument("webhook")
@workspace_option
@json_option
def disable(webhook: str, workspace: str | None, as_json: bool) -> None:
    """Send WEBHOOK (its address or id) no more requests."""

    def make(found: WebhookView) -> DisableWebhook:
        return DisableWebhook(workspace_id=found.workspace_id, webhook_id=found.id)

    _change(webhook, workspace, make, as_json=as_json)


@webhooks.command()
@click.argument("webhook")
@workspace_option
def delete(webhook: str, workspace: str | None) -> None:
    """Remove WEBHOOK (its address or id) and its secrets for good."""

    async def work(connection: Connection) -> str:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_webhook(connection, chosen, webhook)
        await connection.bus.send(DeleteWebhook(workspace_id=chosen.id, webhook_id=found.id))
        return found.url

    click.echo(f"{run(work)} is told of nothing any more.")


@webhooks.command("event-types")
@workspace_option
@json_option
def event_types(workspace: str | None, as_json: bool) -> None:
    """List the events that a webhook can be told of; --json has the schemas of their data."""

    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        page = await connection.bus.send(ListEventTypes(workspace_id=chosen.id))
        if as_json:
            print_json(page)
        else:
            print_table(("Type", "When"), [(each.type, each.description) for each in page.items])

    run(work)


def _change(webhook: str, workspace: str | None, make: Make, *, as_json: bool) -> None:
    async def work(connection: Connection) -> None:
        chosen = await chosen_workspace(connection, workspace)
        found = await chosen_webhook(connection, chosen, webhook)
        _print(await connection.bus.send(make(found)), as_json=as_json)

    run(work)


def _print(webhook: WebhookView, *, as_json: bool) -> None:
    if as_json:
        print_json(webhook)
        return
    secret = webhook.secret if isinstance(webhook, WebhookWithSecret) else None
    print_fields(
        [
            ("Id", webhook.id),
            ("Address", webhook.url),
            ("Events", ", ".join(webhook.event_types)),
            ("For", webhook.description),
            ("Signature", webhook.signature),
            ("State", _state(webhook)),
            ("Since", shown(webhook.disabled_at or webhook.failing_since)),
            ("Reason", webhook.disabled_reason),
            ("Made", shown(webhook.created_at)),
            ("Secret", secret),
        ]
    )
    if secret is not None:
        click.echo("Keep the secret now, where the receiver finds it: it is never shown again.", err=True)


def _state(webhook: WebhookView) -> str:
    is_failing = webhook.failing_since is not None and webhook.disabled_at is None
    return "failing" if is_failing else webhook.status


for command in DELIVERING:
    webhooks.add_command(command)

COMMANDS = {"webhooks": webhooks}
