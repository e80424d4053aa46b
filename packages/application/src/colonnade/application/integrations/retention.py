"""Forget old deliveries."""

from datetime import timedelta

from colonnade.application.integrations.ports import DeliveryRetention
from colonnade.application.integrations.settings import WebhookSettings
from colonnade.application.jobs import Scheduler, Schedules
from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.core import Clock

handlers = Handlers()
schedules = Schedules()


class PurgeDeliveries(Command[int], name="webhooks.purge_deliveries", requires=INTERNAL):
    """Delete the deliveries of all workspaces that are older than they are remembered; answers how many."""


schedules.cron("integrations.purge_deliveries", "17 3 * * *", PurgeDeliveries)


@handlers.handles(PurgeDeliveries)
async def purge_deliveries(
    command: PurgeDeliveries,
    retention: DeliveryRetention,
    scheduler: Scheduler,
    settings: WebhookSettings,
    clock: Clock,
) -> int:
    """Delete some, and the rest in transactions of their own."""
    purged = await retention.purge(clock.now() - timedelta(days=settings.retention_days), settings.purge_limit)
    if purged == settings.purge_limit:
        scheduler.send_later(PurgeDeliveries())
    return purged
