"""Send an endpoint something that did not just happen: a test, or an event once more."""

from colonnade.application.integrations.catalogue import WebhookEvent, payload_of
from colonnade.application.integrations.ports import Deliveries
from colonnade.application.integrations.records import PING, DeliveryId
from colonnade.application.integrations.telling import begin_delivery
from colonnade.application.integrations.views import WebhookDeliveryView
from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import Command, Handlers
from colonnade.core import Clock, NotFound, new_id
from colonnade.core.events import EventId
from colonnade.domain.integrations import WebhookId, WebhookRepository
from colonnade.domain.workspaces import Permission, WorkspaceId

handlers = Handlers()


class PingWebhook(Command[WebhookDeliveryView], name="webhooks.ping", requires=Permission.WEBHOOK_MANAGE):
    """Send an endpoint a test event now, whatever events it wants; it is sent once."""

    workspace_id: WorkspaceId
    webhook_id: WebhookId


class RedeliverWebhook(Command[WebhookDeliveryView], name="webhooks.redeliver", requires=Permission.WEBHOOK_MANAGE):
    """Tell an endpoint of an event once more, under the same id, by which a receiver knows that it is no other."""

    workspace_id: WorkspaceId
    delivery_id: DeliveryId


@handlers.handles(PingWebhook)
async def ping_webhook(
    command: PingWebhook, webhooks: WebhookRepository, deliveries: Deliveries, scheduler: Scheduler, clock: Clock
) -> WebhookDeliveryView:
    """Put a delivery of a test event in."""
    endpoint = await webhooks.get(command.webhook_id)
    endpoint.require_enabled()
    facts = {"workspace_id": command.workspace_id, "webhook_id": endpoint.id}
    ping = WebhookEvent(new_id(EventId), PING, payload_of(PING, clock.now(), facts))
    return WebhookDeliveryView.of(begin_delivery(ping, endpoint, deliveries, scheduler, clock))


@handlers.handles(RedeliverWebhook)
async def redeliver_webhook(
    command: RedeliverWebhook, webhooks: WebhookRepository, deliveries: Deliveries, scheduler: Scheduler, clock: Clock
) -> WebhookDeliveryView:
    """Put a delivery in that refers to the first one."""
    first = await deliveries.find(command.delivery_id)
    if first is None:
        raise NotFound("there is no such delivery", field="delivery_id")
    endpoint = await webhooks.get(first.webhook_id)
    endpoint.require_enabled()
    told = WebhookEvent(first.event_id, first.event_type, first.payload)
    again = begin_delivery(told, endpoint, deliveries, scheduler, clock, redelivery_of=first.redelivery_of or first.id)
    return WebhookDeliveryView.of(again)
