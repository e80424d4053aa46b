"""Sending one request: what is to be sent is read as it is at that moment, and nothing is written."""

from colonnade.application.integrations import AttemptDelivery
from colonnade.application.integrations.records import AttemptOutcome
from colonnade.application.messaging import Handlers
from colonnade.core import Clock
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.integrations.deliveries import SELECT_DELIVERY
from colonnade.infrastructure.integrations.mapping import delivery_from_row, webhook_to_domain
from colonnade.infrastructure.integrations.repository import WEBHOOKS
from colonnade.infrastructure.integrations.secrets import SealedSecretBox
from colonnade.infrastructure.integrations.sender import OutboundWebhookSender

handlers = Handlers()

_SKIPPED = AttemptOutcome(skipped=True)


@handlers.handles(AttemptDelivery)
async def attempt_delivery(
    errand: AttemptDelivery, database: Database, box: SealedSecretBox, sender: OutboundWebhookSender, clock: Clock
) -> AttemptOutcome:
    """Send the request, unless nobody wants it any more or it was sent already."""
    tenant = {"of_tenant": errand.workspace_id}
    rows = await database.fetch(SELECT_DELIVERY, {"of_id": errand.delivery_id, **tenant})
    if not rows:
        return _SKIPPED
    delivery = delivery_from_row(rows[0])
    (row,) = await database.fetch(WEBHOOKS.select_one, {"of_id": delivery.webhook_id, **tenant})
    endpoint = webhook_to_domain(row)
    if not endpoint.is_served or not delivery.awaits(errand.number):
        return _SKIPPED
    secrets = [box.unseal(endpoint.id, secret.sealed) for secret in endpoint.valid_secrets(clock.now())]
    return await sender.send(endpoint.url, delivery.event_id, delivery.payload.encode(), secrets)
