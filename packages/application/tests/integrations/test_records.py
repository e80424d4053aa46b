"""What a request makes of its delivery."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from colonnade.application.integrations import DeliveryId, WebhookDeliveryState, WebhookSettings
from colonnade.application.integrations.records import PING, AttemptOutcome, Delivery
from colonnade.application.messaging import RetryPolicy
from colonnade.core import new_id
from colonnade.domain.integrations import WebhookId
from colonnade.domain.workspaces import WorkspaceId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SETTINGS = WebhookSettings(retries=RetryPolicy(pauses_seconds=(100, 1_000)), longest_retry_after_seconds=5_000)


def delivery(**changes: Any) -> Delivery:
    """Return one that waits."""
    facts: dict[str, Any] = {
        "id": new_id(DeliveryId),
        "workspace_id": new_id(WorkspaceId),
        "webhook_id": new_id(WebhookId),
        "event_id": uuid4(),
        "event_type": "tasks.task_moved",
        "payload": "{}",
        "created_at": NOON,
        "next_attempt_at": NOON,
    }
    return Delivery(**{**facts, **changes})


@pytest.mark.parametrize("status", [200, 204, 299])
def test_any_2xx_is_a_success(status: int) -> None:
    """It is over then."""
    sent = NOON - timedelta(seconds=1)
    after = delivery().after(AttemptOutcome(status=status, at=sent), NOON, SETTINGS)

    assert (after.state, after.attempts, after.next_attempt_at) == (WebhookDeliveryState.DELIVERED, 1, None)
    assert (after.last_attempt_at, after.delivered_at) == (sent, NOON)


@pytest.mark.parametrize("status", [None, 199, 300, 304, 404, 500])
def test_whatever_else_is_tried_again(status: int | None) -> None:
    """After the next pause, up to a quarter more or less."""
    after = delivery().after(AttemptOutcome(status=status), NOON, SETTINGS)

    assert (after.state, after.attempts, after.last_attempt_at) == (WebhookDeliveryState.PENDING, 1, NOON)
    assert after.next_attempt_at is not None
    assert 75 <= (after.next_attempt_at - NOON).total_seconds() <= 125


@pytest.mark.parametrize(("asked", "least", "most"), [(10, 75, 125), (600, 600, 600), (10_000, 5_000, 5_000)])
def test_the_receiver_may_ask_for_a_longer_pause(asked: float, least: float, most: float) -> None:
    """Never for a shorter one, and not for ever."""
    after = delivery().after(AttemptOutcome(status=429, retry_after_seconds=asked), NOON, SETTINGS)

    assert after.next_attempt_at is not None
    assert least <= (after.next_attempt_at - NOON).total_seconds() <= most


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"attempts": 2}, 500), ({}, 410), ({"event_type": PING}, 500)],
    ids=["last", "gone", "ping"],
)
def test_at_some_point_it_is_given_up(changes: dict[str, Any], status: int) -> None:
    """After the last pause, when the receiver is gone, and at once if it was a test."""
    after = delivery(**changes).after(AttemptOutcome(status=status), NOON, SETTINGS)

    assert (after.state, after.next_attempt_at, after.delivered_at) == (WebhookDeliveryState.FAILED, None, None)


def test_the_standard_tries_for_more_than_three_days() -> None:
    """Ten requests in all."""
    retries = WebhookSettings().retries

    assert retries.limit == 10
    assert timedelta(seconds=sum(retries.pauses_seconds)) > timedelta(days=3)


def test_what_is_skipped_has_no_next_attempt() -> None:
    """And as many attempts as before."""
    skipped = delivery(attempts=3).skipped()

    assert (skipped.state, skipped.attempts, skipped.next_attempt_at) == (WebhookDeliveryState.SKIPPED, 3, None)
