"""Open a webhook endpoint, change it, stop it."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from colonnade.application.integrations.catalogue import WebhookEvents
from colonnade.application.integrations.ports import AddressRule, SecretBox
from colonnade.application.integrations.settings import WebhookSettings
from colonnade.application.integrations.views import WebhookView, WebhookWithSecret
from colonnade.application.messaging import UNSET, Caller, Command, Handlers, Unset, VersionedCommand
from colonnade.core import Clock, new_id
from colonnade.domain.integrations import (
    MAX_EVENT_TYPES,
    PRESENT,
    DisabledBy,
    EventTypeName,
    SignatureKind,
    TooManyWebhooks,
    WebhookDescription,
    WebhookEndpoint,
    WebhookId,
    WebhookRepository,
    WebhookUrl,
)
from colonnade.domain.workspaces import Permission, WorkspaceId

handlers = Handlers()

WantedEvents = Annotated[
    tuple[EventTypeName, ...],
    Field(min_length=1, max_length=MAX_EVENT_TYPES, description="Published events, or `*` for all of them."),
]


class CreateWebhook(Command[WebhookWithSecret], name="webhooks.create", requires=Permission.WEBHOOK_MANAGE):
    """Tell an address of events from now on; the answer has the secret, which is never shown again."""

    workspace_id: WorkspaceId
    url: WebhookUrl
    event_types: WantedEvents
    description: WebhookDescription = WebhookDescription("")
    signature: SignatureKind = SignatureKind.SYMMETRIC


class EditWebhook(VersionedCommand[WebhookView], name="webhooks.edit", requires=Permission.WEBHOOK_MANAGE):
    """Change parts of a webhook endpoint; what is left out stays as it is (RFC 7396)."""

    workspace_id: WorkspaceId
    webhook_id: WebhookId
    url: WebhookUrl | Unset = UNSET
    event_types: WantedEvents | Unset = UNSET
    description: WebhookDescription | Unset = UNSET


class RotateSecret(
    VersionedCommand[WebhookWithSecret], name="webhooks.rotate_secret", requires=Permission.WEBHOOK_MANAGE
):
    """Sign with a new secret, which the answer shows once; the former one is used beside it for a day."""

    workspace_id: WorkspaceId
    webhook_id: WebhookId


class EnableWebhook(VersionedCommand[WebhookView], name="webhooks.enable", requires=Permission.WEBHOOK_MANAGE):
    """Send requests to a disabled endpoint again."""

    workspace_id: WorkspaceId
    webhook_id: WebhookId


class DisableWebhook(VersionedCommand[WebhookView], name="webhooks.disable", requires=Permission.WEBHOOK_MANAGE):
    """Send an endpoint no more requests; those that wait are skipped."""

    workspace_id: WorkspaceId
    webhook_id: WebhookId


class DeleteWebhook(VersionedCommand[None], name="webhooks.delete", requires=Permission.WEBHOOK_MANAGE):
    """Remove a webhook endpoint and its secrets for good."""

    workspace_id: WorkspaceId
    webhook_id: WebhookId


Change = EditWebhook | RotateSecret | EnableWebhook | DisableWebhook | DeleteWebhook


@handlers.handles(CreateWebhook)
async def create_webhook(
    command: CreateWebhook,
    webhooks: WebhookRepository,
    events: WebhookEvents,
    addresses: AddressRule,
    box: SecretBox,
    settings: WebhookSettings,
    caller: Caller,
    clock: Clock,
) -> WebhookWithSecret:
    """Check the address and the events, and make a secret."""
    addresses.check(command.url)
    events.require(command.event_types)
    limit = settings.endpoint_limit
    if len(await webhooks.matching(PRESENT, limit=limit)) >= limit:
        raise TooManyWebhooks(f"a workspace has at most {limit} webhooks: delete one first", limit=limit)
    webhook_id = new_id(WebhookId)
    made = box.make(webhook_id, command.signature)
    endpoint = WebhookEndpoint.create(
        webhook_id,
        workspace_id=command.workspace_id,
        url=command.url,
        event_types=command.event_types,
        sealed=made.sealed,
        by=caller.user_id,
        at=clock.now(),
        signature=command.signature,
        description=command.description,
    )
    await webhooks.add(endpoint)
    return WebhookWithSecret.showing(endpoint, made.shown)


@handlers.handles(EditWebhook)
async def edit_webhook(
    command: EditWebhook, webhooks: WebhookRepository, events: WebhookEvents, addresses: AddressRule, clock: Clock
) -> WebhookView:
    """Apply each change that was sent."""
    endpoint = await _wanted(command, webhooks)
    if command.url is not UNSET:
        addresses.check(command.url)
        endpoint.edit(url=command.url, at=clock.now())
    if command.event_types is not UNSET:
        events.require(command.event_types)
        endpoint.edit(event_types=command.event_types, at=clock.now())
    if command.description is not UNSET:
        endpoint.edit(description=command.description, at=clock.now())
    return WebhookView.of(endpoint)


@handlers.handles(RotateSecret)
async def rotate_secret(
    command: RotateSecret, webhooks: WebhookRepository, box: SecretBox, settings: WebhookSettings, clock: Clock
) -> WebhookWithSecret:
    """Make a new secret and show it."""
    endpoint = await _wanted(command, webhooks)
    made = box.make(endpoint.id, endpoint.signature)
    endpoint.rotate_secret(made.sealed, at=clock.now(), overlap=timedelta(hours=settings.rotation_hours))
    return WebhookWithSecret.showing(endpoint, made.shown)


@handlers.handles(EnableWebhook)
async def enable_webhook(command: EnableWebhook, webhooks: WebhookRepository) -> WebhookView:
    """Enable the endpoint."""
    endpoint = await _wanted(command, webhooks)
    endpoint.enable()
    return WebhookView.of(endpoint)


@handlers.handles(DisableWebhook)
async def disable_webhook(command: DisableWebhook, webhooks: WebhookRepository, clock: Clock) -> WebhookView:
    """Disable the endpoint."""
    endpoint = await _wanted(command, webhooks)
    endpoint.disable(DisabledBy.PERSON, at=clock.now(), reason="disabled by a member of the workspace")
    return WebhookView.of(endpoint)


@handlers.handles(DeleteWebhook)
async def delete_webhook(command: DeleteWebhook, webhooks: WebhookRepository, clock: Clock) -> None:
    """Delete the endpoint."""
    endpoint = await _wanted(command, webhooks)
    endpoint.delete(at=clock.now())


async def _wanted(command: Change, webhooks: WebhookRepository) -> WebhookEndpoint:
    endpoint = await webhooks.get(command.webhook_id)
    endpoint.require_present()
    endpoint.require_version(command.expected_version)
    return endpoint
