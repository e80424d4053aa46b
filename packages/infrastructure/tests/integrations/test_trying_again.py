"""Receivers that fail: when they are tried again, when they are given up, and what a late answer may still change."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from colonnade.application.integrations import (
    DeleteWebhook,
    DisableWebhook,
    EditWebhook,
    EnableWebhook,
    PingWebhook,
    RecordAttempt,
    WebhookDeliveryState,
    WebhookSettings,
)
from colonnade.application.jobs import JobId
from colonnade.application.messaging import Context
from colonnade.core import CursorCodec, new_id
from colonnade.domain.integrations import (
    DisabledBy,
    WebhookDisabled,
    WebhookFailing,
    WebhookRecovered,
    WebhookStatus,
    WebhookUrl,
)

from .post import Post
from .receiver import Receiver

PAUSES_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)


async def test_a_dead_receiver_is_tried_again_until_it_is_back(post: Post) -> None:
    """And gets what happened meanwhile, once."""
    receiver = Receiver()
    async with receiver.listening():
        webhook = await post.create(receiver.url, "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()

    assert (delivery.state, delivery.log[0].status) == (WebhookDeliveryState.PENDING, None)
    assert delivery.log[0].error == "connect: did not accept a connection"
    assert (await post.webhook(webhook)).failing_since == post.clock.now()
    delivery = await post.retried(delivery)
    assert (delivery.state, delivery.attempts) == (WebhookDeliveryState.PENDING, 2)

    async with receiver.listening():
        delivery = await post.retried(delivery)
    assert (delivery.state, delivery.attempts, len(receiver.requests)) == (WebhookDeliveryState.DELIVERED, 3, 1)
    assert [attempt.status for attempt in delivery.log] == [None, None, 200]
    assert (await post.webhook(webhook)).failing_since is None
    told = [type(event) for event in await post.log() if isinstance(event, WebhookFailing | WebhookRecovered)]
    assert told == [WebhookFailing, WebhookRecovered]


async def test_the_pauses_are_those_of_the_standard(post: Post, receiver: Receiver) -> None:
    """A quarter more or less; the same body each time, signed anew; and after the last one it is over."""
    receiver.status = "500 Internal Server Error"
    await post.create(receiver.url, "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()
    while delivery.next_attempt_at is not None:
        delivery = await post.retried(delivery)

    moments = [attempt.at for attempt in delivery.log]
    for (earlier, later), planned in zip(pairwise(moments), PAUSES_SECONDS, strict=True):
        assert 0.75 * planned <= (later - earlier).total_seconds() <= 1.25 * planned
    assert (delivery.state, delivery.attempts) == (WebhookDeliveryState.FAILED, 10)
    assert len({(request.headers["webhook-id"], request.body) for request in receiver.requests}) == 1
    assert len({request.headers["webhook-signature"] for request in receiver.requests}) == 10


@pytest.mark.parametrize("status", ["301 Moved Permanently", "400 Bad Request", "404 Not Found"])
async def test_what_is_not_2xx_is_a_failure(post: Post, receiver: Receiver, status: str) -> None:
    """Redirects too: a receiver that moves says so here, not on the way."""
    receiver.status, receiver.fields = status, {"Location": receiver.url}
    await post.create(receiver.url, "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()

    assert (delivery.state, delivery.log[0].status) == (WebhookDeliveryState.PENDING, int(status[:3]))
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("status", "asked", "least", "most"),
    [
        ("429 Too Many Requests", "600", 600, 600),
        ("503 Service Unavailable", "Mon, 05 Jan 2026 10:00:00 GMT", 3600, 3600),
        ("503 Service Unavailable", "1", 3.75, 6.25),
        ("429 Too Many Requests", "99999999", 86_400, 86_400),
        ("500 Internal Server Error", "600", 3.75, 6.25),
        ("429 Too Many Requests", "soon", 3.75, 6.25),
    ],
)
async def test_a_receiver_may_put_the_next_request_off(
    post: Post, receiver: Receiver, status: str, asked: str, least: float, most: float
) -> None:
    """With 429 and 503, within limits, and never to a sooner time than planned."""
    receiver.status, receiver.fields = status, {"Retry-After": asked}
    await post.create(receiver.url, "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()

    assert delivery.next_attempt_at is not None
    assert least <= (delivery.next_attempt_at - post.clock.now()).total_seconds() <= most


async def test_a_receiver_that_is_gone_is_disabled_at_once(post: Post, receiver: Receiver) -> None:
    """Nothing is tried again."""
    receiver.status = "410 Gone"
    webhook = await post.create(receiver.url, "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()

    assert (delivery.state, delivery.attempts) == (WebhookDeliveryState.FAILED, 1)
    shown = await post.webhook(webhook)
    assert (shown.status, shown.disabled_by) == (WebhookStatus.DISABLED, DisabledBy.SERVICE)


async def test_a_receiver_that_fails_for_days_is_disabled(post: Post, receiver: Receiver) -> None:
    """With an event from which others learn of it; what still waits is skipped, and it can be enabled again."""
    receiver.status = "500 Internal Server Error"
    webhook = await post.create(receiver.url, "tasks.task_assigned", "tasks.task_deleted")
    await post.assign()
    await post.recorded()
    post.move_to(post.clock.now() + timedelta(days=5))
    (delivery,) = await post.recorded()

    shown = await post.webhook(webhook)
    assert (shown.status, shown.disabled_by) == (WebhookStatus.DISABLED, DisabledBy.SERVICE)
    assert shown.disabled_reason == "took no request since 2026-01-05 09:00 UTC"
    (told,) = [event for event in await post.log() if isinstance(event, WebhookDisabled)]
    assert (told.webhook_id, told.disabled_by) == (webhook.id, DisabledBy.SERVICE)
    assert (await post.retried(delivery)).state is WebhookDeliveryState.SKIPPED
    assert len(receiver.requests) == 2

    receiver.status = "200 OK"
    await post.ask(EnableWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id))
    await post.work(lambda task: task.delete(at=post.clock.now()))
    assert (await post.recorded())[-1].state is WebhookDeliveryState.DELIVERED
    assert (await post.webhook(webhook)).failing_since is None


@pytest.mark.parametrize("kind", [DisableWebhook, DeleteWebhook])
async def test_what_waits_for_an_endpoint_that_is_stopped_is_skipped(
    post: Post, receiver: Receiver, kind: type[DisableWebhook | DeleteWebhook]
) -> None:
    """Nothing more is sent there, and nothing is counted as a failure."""
    receiver.status = "500 Internal Server Error"
    webhook = await post.create(receiver.url, "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()
    await post.ask(kind(workspace_id=webhook.workspace_id, webhook_id=webhook.id))
    delivery = await post.retried(delivery)

    assert (delivery.state, delivery.attempts, delivery.next_attempt_at) == (WebhookDeliveryState.SKIPPED, 1, None)
    assert len(receiver.requests) == 1


async def test_the_next_attempt_goes_where_the_endpoint_is_by_then(post: Post, receiver: Receiver) -> None:
    """Somebody corrects a wrong address, and what waited arrives."""
    webhook = await post.create("http://127.0.0.1:1/", "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()
    await post.ask(EditWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id, url=WebhookUrl(receiver.url)))

    assert (await post.retried(delivery)).state is WebhookDeliveryState.DELIVERED


async def test_a_ping_is_tried_once(post: Post, receiver: Receiver) -> None:
    """Who asked for it looks at it now."""
    receiver.status = "500 Internal Server Error"
    webhook = await post.create(receiver.url, "tasks.task_assigned")
    await post.ask(PingWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id))
    (delivery,) = await post.recorded()

    assert (delivery.state, delivery.attempts) == (WebhookDeliveryState.FAILED, 1)


async def test_an_address_that_turned_private_is_not_called(post: Post, receiver: Receiver) -> None:
    """What passed when it was typed in is looked at again each time."""
    webhook = await post.create("http://[::ffff:127.0.0.1]/", "tasks.task_assigned")
    await post.change_url(webhook, "http://10.0.0.1/")
    await post.assign()
    (delivery,) = await post.recorded()

    assert delivery.log[0].error == "refused: must not point to a private address"
    assert delivery.log[0].status is None


async def test_an_outcome_is_written_down_once(post: Post, receiver: Receiver) -> None:
    """A late duplicate of the note changes nothing, whatever has happened since."""
    receiver.status = "500 Internal Server Error"
    await post.create(receiver.url, "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()
    late = RecordAttempt(workspace_id=delivery.workspace_id, delivery_id=delivery.id, number=1, job_id=new_id(JobId))
    await post.bus.send(late, Context(by_service=True))
    assert await post.deliveries() == [delivery]

    receiver.status = "200 OK"
    delivery = await post.retried(delivery)
    for number in (1, 2, 3):
        await post.bus.send(late.model_copy(update={"number": number}), Context(by_service=True))
    assert await post.deliveries() == [delivery]


async def test_an_attempt_of_which_nobody_knows_the_outcome_is_a_failure(post: Post, receiver: Receiver) -> None:
    """So the delivery goes on instead of waiting for ever."""
    receiver.status = "500 Internal Server Error"
    await post.create(receiver.url, "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()
    lost = RecordAttempt(workspace_id=delivery.workspace_id, delivery_id=delivery.id, number=2, job_id=new_id(JobId))
    await post.bus.send(lost, Context(by_service=True))
    (delivery,) = await post.deliveries()

    assert (delivery.attempts, delivery.log[1].error) == (2, "what came of it is not known any more")
    assert delivery.next_attempt_at is not None


async def test_a_secret_that_cannot_be_opened_is_a_failure_that_is_shown(post: Post, receiver: Receiver) -> None:
    """The installation's secret was changed: nothing unsigned is sent."""
    await post.create(receiver.url, "tasks.task_assigned")
    await post.spoil_secrets()
    await post.assign()
    (delivery,) = await post.recorded()

    assert (delivery.state, delivery.log[0].error) == (
        WebhookDeliveryState.PENDING,
        "the request could not be made (invalid)",
    )
    assert receiver.requests == []


async def test_what_is_tried_and_for_how_long_is_up_to_the_operator(
    house: Any, cursors: CursorCodec, receiver: Receiver
) -> None:
    """An endpoint that may fail for an hour is disabled after an hour."""
    receiver.status = "500 Internal Server Error"
    post = await Post(house, cursors, settings=WebhookSettings(disable_after_days=1 / 24)).open()
    try:
        webhook = await post.create(receiver.url, "tasks.task_assigned")
        await post.assign()
        await post.recorded()
        post.move_to(post.clock.now() + timedelta(hours=1))
        await post.recorded()
        assert (await post.webhook(webhook)).status is WebhookStatus.DISABLED
    finally:
        await post.close()
