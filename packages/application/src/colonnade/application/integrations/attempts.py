"""One request, what came of it, and when the next one is due.

The request is an errand: it persists nothing. Its outcome, whatever it is, is what the job answers, and the command
that follows the job writes it down and plans the next attempt: so the pauses are those of the webhook standard, and
neither a crash nor a receiver that is down for days loses a delivery.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, TypeAdapter

from colonnade.application.integrations.ports import Deliveries
from colonnade.application.integrations.records import (
    Attempt,
    AttemptOutcome,
    Delivery,
    DeliveryId,
    WebhookDeliveryState,
)
from colonnade.application.integrations.settings import WebhookSettings
from colonnade.application.jobs import JobId, JobOutcomes, Scheduler
from colonnade.application.messaging import INTERNAL, Command, Errand, Handlers, JobOptions, RetryPolicy
from colonnade.core import Clock, NotFound, new_id
from colonnade.domain.integrations import WebhookRepository
from colonnade.domain.workspaces import WorkspaceId

handlers = Handlers()

_OUTCOME = TypeAdapter(AttemptOutcome)
AttemptNumber = Annotated[int, Field(ge=1)]


class AttemptDelivery(
    Errand[AttemptOutcome],
    name="webhooks.attempt_delivery",
    requires=INTERNAL,
    job=JobOptions(queue="webhooks", retries=RetryPolicy(attempts=1)),
):
    """Send one request, with the address and the secrets that the endpoint has by then."""

    workspace_id: WorkspaceId
    delivery_id: DeliveryId
    number: AttemptNumber


class RecordAttempt(Command[None], name="webhooks.record_attempt", requires=INTERNAL):
    """Write down what came of a request, and plan the next one if there is to be one."""

    workspace_id: WorkspaceId
    delivery_id: DeliveryId
    number: AttemptNumber
    job_id: JobId


def schedule_attempt(delivery: Delivery, scheduler: Scheduler) -> None:
    """Send the next request of a delivery when it is due, and write down what came of it."""
    job_id, number = new_id(JobId), delivery.attempts + 1
    scheduler.send_later(
        AttemptDelivery(workspace_id=delivery.workspace_id, delivery_id=delivery.id, number=number),
        at=delivery.next_attempt_at,
        job_id=job_id,
        then=RecordAttempt(workspace_id=delivery.workspace_id, delivery_id=delivery.id, number=number, job_id=job_id),
    )


@handlers.handles(RecordAttempt)
async def record_attempt(
    command: RecordAttempt,
    deliveries: Deliveries,
    webhooks: WebhookRepository,
    outcomes: JobOutcomes,
    scheduler: Scheduler,
    settings: WebhookSettings,
    clock: Clock,
) -> None:
    """Let the delivery and its endpoint learn of the outcome; what was written down already changes nothing."""
    delivery, now = await deliveries.find(command.delivery_id), clock.now()
    if delivery is None or not delivery.awaits(command.number):
        return
    outcome = await _outcome_of(command.job_id, outcomes)
    if outcome.skipped:
        deliveries.change(delivery, delivery.skipped())
        return
    after = delivery.after(outcome, now, settings)
    deliveries.change(delivery, after, Attempt(delivery.id, command.number, outcome))
    endpoint = await webhooks.get(delivery.webhook_id)
    if outcome.delivered:
        endpoint.delivered()
    elif outcome.gone:
        endpoint.gone(at=now)
    else:
        endpoint.failed(at=now, disable_after=timedelta(days=settings.disable_after_days))
    if after.state is WebhookDeliveryState.PENDING:
        schedule_attempt(after, scheduler)


async def _outcome_of(job_id: JobId, outcomes: JobOutcomes) -> AttemptOutcome:
    try:
        ended = await outcomes.of(job_id)
    except NotFound:
        return AttemptOutcome(error="what came of it is not known any more")
    if not ended.succeeded:
        return AttemptOutcome(error=f"the request could not be made ({ended.error_code})")
    return _OUTCOME.validate_python(ended.result)
