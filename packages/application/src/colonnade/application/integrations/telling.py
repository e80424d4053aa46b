"""Tell endpoints of events: after the commit that an event is part of, exactly once for each endpoint that wants it."""

from colonnade.application.integrations.attempts import schedule_attempt
from colonnade.application.integrations.catalogue import WebhookEvent, WebhookEvents
from colonnade.application.integrations.ports import Deliveries
from colonnade.application.integrations.records import Delivery, DeliveryId
from colonnade.application.jobs import Scheduler
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import Clock, DomainEvent, RecordedEvent, new_id
from colonnade.domain.integrations import WebhookEndpoint, WebhookRepository, wanting

PARTITIONS = 4


def webhook_subscriptions(events: WebhookEvents) -> Subscriptions:
    """Return the subscription to everything that endpoints can be told of."""
    subscriptions = Subscriptions()
    subscriptions.durable("integrations.webhooks", *events.kinds, partitions=PARTITIONS)(tell_endpoints)
    return subscriptions


async def tell_endpoints(
    event: DomainEvent,
    recorded: RecordedEvent,
    events: WebhookEvents,
    webhooks: WebhookRepository,
    deliveries: Deliveries,
    scheduler: Scheduler,
    clock: Clock,
) -> None:
    """Put a delivery in for each endpoint of the workspace that wants the event."""
    for told in events.of(recorded):
        for endpoint in await webhooks.matching(wanting(told.type)):
            begin_delivery(told, endpoint, deliveries, scheduler, clock)


def begin_delivery(
    told: WebhookEvent,
    endpoint: WebhookEndpoint,
    deliveries: Deliveries,
    scheduler: Scheduler,
    clock: Clock,
    *,
    redelivery_of: DeliveryId | None = None,
) -> Delivery:
    """Put a delivery in and send its first request at once."""
    now = clock.now()
    delivery = Delivery(
        id=new_id(DeliveryId),
        workspace_id=endpoint.workspace_id,
        webhook_id=endpoint.id,
        event_id=told.id,
        event_type=told.type,
        payload=told.payload,
        created_at=now,
        next_attempt_at=now,
        redelivery_of=redelivery_of,
    )
    deliveries.add(delivery)
    schedule_attempt(delivery, scheduler)
    return delivery
