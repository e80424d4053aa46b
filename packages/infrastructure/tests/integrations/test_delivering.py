"""From a change to a signed request: who is told of what, how it is signed, and what is remembered of it."""

import json
import logging
from typing import Any

import pytest

from colonnade.application.integrations import (
    DeleteWebhook,
    DisableWebhook,
    PingWebhook,
    RedeliverWebhook,
    RotateSecret,
    WebhookDeliveryState,
)
from colonnade.domain.integrations import SignatureKind, WebhookOff
from colonnade.security.webhooks import SignatureRefused, WebhookVerifier

from .post import Post
from .receiver import Receiver, Request


def verified(post: Post, request: Request, *secrets: str) -> Any:
    """Check a request as its receiver does, and return what it says."""
    WebhookVerifier(secrets, post.clock).verify(request.headers, request.body)
    return json.loads(request.body)


async def test_an_event_is_a_signed_request(post: Post, receiver: Receiver) -> None:
    """In the form of Standard Webhooks, byte by byte as it is remembered."""
    webhook = await post.create(receiver.url, "tasks.task_assigned")
    await post.assign()
    (delivery,) = await post.recorded()

    (request,) = receiver.requests
    assert request.line == "POST /hooks?of=web HTTP/1.1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == str(delivery.event_id)
    assert request.body == delivery.payload.encode()
    assert verified(post, request, webhook.secret) == {
        "type": "tasks.task_assigned",
        "timestamp": "2026-01-05T09:00:00Z",
        "data": {
            "workspace_id": str(post.house.workspace.id),
            "task_id": str(post.task.id),
            "assignee_id": str(post.house.owner),
        },
    }


async def test_what_was_sent_and_answered_is_remembered(post: Post, receiver: Receiver) -> None:
    """Head and beginning of the answer as text; what no engine can store and no log should hold is left out."""
    receiver.status = "202 Accepted"
    receiver.fields = {"X-Request-Id": "r-1", "Set-Cookie": "session=abc", "X-Long": "x" * 2000}
    receiver.body = b"\x00\xff" + b"y" * 5000
    await post.create(receiver.url)
    await post.assign()
    (delivery,) = await post.recorded()
    (attempt,) = delivery.log

    assert (delivery.state, delivery.attempts, delivery.next_attempt_at) == (WebhookDeliveryState.DELIVERED, 1, None)
    assert delivery.delivered_at == delivery.last_attempt_at == attempt.at == post.clock.now()
    assert (attempt.number, attempt.status, attempt.error) == (1, 202, None)
    assert attempt.request_headers == {
        name: receiver.requests[0].headers[name]
        for name in ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")
    }
    assert attempt.response_headers["x-request-id"] == "r-1"
    assert "set-cookie" not in attempt.response_headers
    assert len(attempt.response_headers["x-long"]) == 500
    assert attempt.response_body == "\ufffd\ufffd" + "y" * 2046
    assert attempt.milliseconds >= 0


async def test_an_endpoint_hears_of_what_it_wants(post: Post, receiver: Receiver) -> None:
    """Of nothing else, of nothing from another workspace, and of nothing while it is disabled or after its end."""
    house = post.house
    wanted = await post.create(receiver.url, "tasks.task_retitled", "tasks.task_assigned")
    disabled, deleted = await post.create(receiver.url), await post.create(receiver.url)
    await post.ask(DisableWebhook(workspace_id=house.workspace.id, webhook_id=disabled.id))
    await post.ask(DeleteWebhook(workspace_id=house.workspace.id, webhook_id=deleted.id))
    stranger = await house.open_workspace(await house.person())
    await post.create(receiver.url, "tasks.task_assigned", workspace_id=stranger.id)
    await post.work(lambda one: one.put("zz", at=post.clock.now()))
    await post.work(lambda one: one.describe("More", at=post.clock.now()))
    await post.assign()
    deliveries = await post.recorded()

    assert [(one.webhook_id, one.event_type) for one in deliveries] == [(wanted.id, "tasks.task_assigned")]
    assert len(receiver.requests) == 1


async def test_the_star_stands_for_every_event(post: Post, receiver: Receiver) -> None:
    """In the order of the stream as far as the receiver is quick; an event that is not published is no event."""
    await post.create(receiver.url, "*")
    await post.work(lambda one: one.put("zz", at=post.clock.now()))
    await post.assign()
    await post.recorded()
    await post.work(lambda one: one.delete(at=post.clock.now()))
    deliveries = await post.recorded()

    assert [one.event_type for one in deliveries] == ["tasks.task_assigned", "tasks.task_deleted"]


async def test_two_endpoints_are_told_by_their_own_secrets(post: Post, receiver: Receiver) -> None:
    """With the same id, since it is the same event."""
    webhooks = {webhook.id: webhook for webhook in [await post.create(receiver.url) for _ in range(2)]}
    await post.assign()
    deliveries = await post.recorded(2)

    assert {one.webhook_id for one in deliveries} == set(webhooks)
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    for webhook in webhooks.values():
        good = 0
        for request in receiver.requests:
            try:
                verified(post, request, webhook.secret)
            except SignatureRefused:
                continue
            good += 1
        assert good == 1


async def test_an_endpoint_may_verify_with_a_public_key(post: Post, receiver: Receiver) -> None:
    """The private key never leaves; what is shown is no secret."""
    webhook = await post.create(receiver.url, signature=SignatureKind.ASYMMETRIC)
    await post.assign()
    await post.recorded()

    assert webhook.secret.startswith("whpk_")
    assert receiver.requests[0].headers["webhook-signature"].startswith("v1a,")
    verified(post, receiver.requests[0], webhook.secret)


async def test_during_a_rotation_both_secrets_are_good(post: Post, receiver: Receiver) -> None:
    """For a day; then the new one alone is."""
    webhook = await post.create(receiver.url)
    renewed = await post.ask(RotateSecret(workspace_id=webhook.workspace_id, webhook_id=webhook.id))
    await post.assign()
    await post.recorded()
    for secret in (webhook.secret, renewed.secret):
        verified(post, receiver.requests[0], secret)

    post.clock.advance(days=1)
    await post.work(lambda one: one.delete(at=post.clock.now()))
    await post.recorded()
    verified(post, receiver.requests[1], renewed.secret)
    with pytest.raises(SignatureRefused, match="no good signature"):
        verified(post, receiver.requests[1], webhook.secret)


async def test_a_ping_is_sent_whatever_an_endpoint_wants(post: Post, receiver: Receiver) -> None:
    """And says which endpoint it is for."""
    webhook = await post.create(receiver.url, "tasks.task_assigned")
    pinged = await post.ask(PingWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id))
    assert pinged.state is WebhookDeliveryState.PENDING
    (delivery,) = await post.recorded()

    assert (delivery.id, delivery.state) == (pinged.id, WebhookDeliveryState.DELIVERED)
    assert verified(post, receiver.requests[0], webhook.secret) == {
        "type": "webhooks.ping",
        "timestamp": "2026-01-05T09:00:00Z",
        "data": {"workspace_id": str(webhook.workspace_id), "webhook_id": str(webhook.id)},
    }


async def test_a_redelivery_is_the_same_event_again(post: Post, receiver: Receiver) -> None:
    """A receiver that remembers ids knows it; a redelivery of a redelivery refers to the first, too."""
    webhook = await post.create(receiver.url)
    await post.assign()
    (first,) = await post.recorded()
    post.clock.advance(minutes=10)
    again = await post.ask(RedeliverWebhook(workspace_id=webhook.workspace_id, delivery_id=first.id))
    await post.recorded()
    await post.ask(RedeliverWebhook(workspace_id=webhook.workspace_id, delivery_id=again.id))
    deliveries = await post.recorded()

    assert [one.redelivery_of for one in deliveries] == [None, first.id, first.id]
    assert {one.state for one in deliveries} == {WebhookDeliveryState.DELIVERED}
    assert len({(request.headers["webhook-id"], request.body) for request in receiver.requests}) == 1
    assert receiver.requests[0].headers["webhook-timestamp"] < receiver.requests[1].headers["webhook-timestamp"]
    verified(post, receiver.requests[2], webhook.secret)


async def test_a_disabled_endpoint_is_sent_nothing_by_hand_either(post: Post, receiver: Receiver) -> None:
    """Neither a test nor an event once more."""
    webhook = await post.create(receiver.url)
    ping = PingWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id)
    await post.ask(ping)
    (delivery,) = await post.recorded()
    await post.ask(DisableWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id))

    for message in (ping, RedeliverWebhook(workspace_id=webhook.workspace_id, delivery_id=delivery.id)):
        with pytest.raises(WebhookOff):
            await post.ask(message)


async def test_no_secret_is_written_anywhere(post: Post, receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in rows nor in events nor in logs nor in what is shown of an object."""
    caplog.set_level(logging.DEBUG)
    webhook = await post.create(receiver.url)
    renewed = await post.ask(RotateSecret(workspace_id=webhook.workspace_id, webhook_id=webhook.id))
    await post.assign()
    await post.recorded()
    written = await post.everything_written()

    assert str(post.task.id) in written or post.task.id.hex in written
    for secret in (webhook.secret, renewed.secret):
        bare = secret.removeprefix("whsec_")
        for place in (written, caplog.text, repr(webhook), repr(renewed), str(await post.log())):
            assert bare not in place
