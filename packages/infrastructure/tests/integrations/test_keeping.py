"""What is kept in the database, once, sealed, and for how long."""

from contextlib import AsyncExitStack
from dataclasses import fields
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from colonnade.application.integrations import PingWebhook, PurgeDeliveries, WebhookSettings
from colonnade.application.integrations.ports import Deliveries
from colonnade.application.integrations.records import Delivery, WebhookDeliveryState
from colonnade.application.integrations.retention import schedules
from colonnade.application.integrations.telling import tell_endpoints
from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import Context, Subject
from colonnade.core import CursorCodec, Invalid, RecordedEvent, VersionConflict, new_id
from colonnade.core.events import EventId
from colonnade.domain.integrations import (
    DisabledBy,
    EventTypeName,
    SealedSecret,
    SignatureKind,
    WebhookDescription,
    WebhookEndpoint,
    WebhookId,
    WebhookRepository,
    WebhookUrl,
)
from colonnade.domain.tasks import TaskCompleted
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.integrations.mapping import delivery_from_row, delivery_to_row, webhook_to_domain
from colonnade.infrastructure.integrations.repository import WEBHOOKS
from colonnade.infrastructure.integrations.secrets import SealedSecretBox
from colonnade.security.sealing import Sealer

from .post import Post
from .receiver import Receiver

EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
ids = st.uuids()
moments = st.datetimes(
    min_value=datetime.fromisoformat("1970-01-01"),
    max_value=datetime.fromisoformat("2200-01-01"),
    timezones=st.just(UTC),
)
endpoints = st.builds(
    WebhookEndpoint,
    id=ids,
    version=st.integers(1, 2**31 - 1),
    workspace_id=ids,
    url=st.from_regex(r"https?://[a-z]{1,9}\.example(/[a-z?=&%0-9]{0,20})?", fullmatch=True).map(WebhookUrl),
    event_types=st.lists(
        st.from_regex(r"[a-z]{1,9}\.[a-z_]{1,9}|\*", fullmatch=True).map(EventTypeName), min_size=1, max_size=3
    ).map(tuple),
    description=st.from_regex(r"([^\W_]{1,9}( [^\W_]{1,9})?)?", fullmatch=True).map(WebhookDescription),
    signature=st.sampled_from(SignatureKind),
    secrets=st.lists(st.builds(SealedSecret, st.binary(max_size=80), st.none() | moments), max_size=2).map(tuple),
    created_by=ids,
    created_at=moments,
    updated_at=moments,
    failing_since=st.none() | moments,
    disabled_at=st.none() | moments,
    disabled_by=st.none() | st.sampled_from(DisabledBy),
    disabled_reason=st.none() | st.just("took no request"),
    deleted_at=st.none() | moments,
)
deliveries = st.builds(
    Delivery,
    id=ids,
    workspace_id=ids,
    webhook_id=ids,
    event_id=ids,
    event_type=st.just("tasks.task_moved"),
    payload=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40),
    created_at=moments,
    redelivery_of=st.none() | ids,
    state=st.sampled_from(WebhookDeliveryState),
    attempts=st.integers(0, 10),
    last_attempt_at=st.none() | moments,
    next_attempt_at=st.none() | moments,
    delivered_at=st.none() | moments,
)


@EXAMPLES
@given(endpoint=endpoints)
async def test_endpoints_through_real_rows_and_back(house: Any, endpoint: WebhookEndpoint) -> None:
    """Every attribute and every column, sealed secrets to the last byte."""
    endpoint.workspace_id, endpoint.created_by = house.workspace.id, house.owner
    work = house.unit_of_work()
    values = WEBHOOKS.to_row(endpoint)
    assert set(values) == set(WEBHOOKS.table.c.keys())
    await work.fetch_and_lock(WEBHOOKS.insert.returning(WEBHOOKS.table.c.id), values)
    (row,) = await work.fetch(WEBHOOKS.select_one, {"of_id": endpoint.id, "of_tenant": endpoint.workspace_id})
    again = webhook_to_domain(row)
    await work.rollback()

    assert {name: row._mapping[name] for name in values} == values
    for attribute in fields(endpoint):
        assert getattr(again, attribute.name) == getattr(endpoint, attribute.name), attribute.name


@EXAMPLES
@given(delivery=deliveries)
def test_deliveries_to_rows_and_back(delivery: Delivery) -> None:
    """Nothing is lost on the way."""
    assert delivery_from_row(SimpleNamespace(**delivery_to_row(delivery))) == delivery


class TestSecrets:
    BOX = SealedSecretBox(Sealer(b"one installation", "webhook secrets"))

    @pytest.mark.parametrize(("kind", "shown", "kept"), [("v1", "whsec_", "whsec_"), ("v1a", "whpk_", "whsk_")])
    def test_are_sealed_for_their_endpoint(self, kind: str, shown: str, kept: str) -> None:
        webhook_id = new_id(WebhookId)
        made = self.BOX.make(webhook_id, SignatureKind(kind))

        assert made.shown.startswith(shown)
        assert self.BOX.unseal(webhook_id, made.sealed).startswith(kept)
        assert made.shown not in repr(made)
        assert made.shown.encode() not in made.sealed

    def test_are_opened_neither_elsewhere_nor_by_others_nor_altered(self) -> None:
        webhook_id = new_id(WebhookId)
        sealed = self.BOX.make(webhook_id, SignatureKind.SYMMETRIC).sealed
        stranger = SealedSecretBox(Sealer(b"another installation", "webhook secrets"))

        for box, place, text in (
            (self.BOX, new_id(WebhookId), sealed),
            (stranger, webhook_id, sealed),
            (self.BOX, webhook_id, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ):
            with pytest.raises(Invalid):
                box.unseal(place, text)


async def told(post: Post, recorded: RecordedEvent) -> None:
    """Let the subscription hear of an event outside of its own reader."""
    context = Context(correlation_id="test", by_service=True)
    async with AsyncExitStack() as stack:
        scope = await stack.enter_async_context(post.scope({Subject: recorded.event, Context: context}))
        kinds: tuple[Any, ...] = (WebhookRepository, Deliveries, Scheduler)
        webhooks, kept, scheduler = [await scope.get(kind) for kind in kinds]
        await tell_endpoints(recorded.event, recorded, post.events, webhooks, kept, scheduler, post.clock)
        await (await scope.get(SqlUnitOfWork)).commit()


def completed(post: Post) -> RecordedEvent:
    """Return an event that is in no log."""
    event = TaskCompleted(workspace_id=post.house.workspace.id, task_id=post.task.id)
    return RecordedEvent(
        position=1,
        event_id=new_id(EventId),
        stream=post.task.stream,
        stream_version=1,
        event=event,
        metadata={},
        recorded_at=post.clock.now(),
    )


async def test_an_event_that_is_heard_of_twice_is_told_once(post: Post, receiver: Receiver) -> None:
    """The second delivery is not there, so its job finds nothing to send."""
    await post.create(receiver.url)
    event = completed(post)
    for _ in range(2):
        await told(post, event)
    found = await post.recorded(2)

    assert [one.event_id for one in found] == [event.event_id]
    assert len(receiver.requests) == 1


async def test_two_that_note_one_attempt_do_not_both_succeed(post: Post, receiver: Receiver) -> None:
    """The later one finds that it was too late, and looks again."""
    receiver.status = "500 Internal Server Error"
    await post.create(receiver.url)
    await post.assign()
    (shown,) = await post.recorded()
    context, subject = Context(), SimpleNamespace(workspace_id=shown.workspace_id)
    async with (
        post.scope({Subject: subject, Context: context}) as one,
        post.scope({Subject: subject, Context: context}) as other,
    ):
        first: Deliveries = await one.get(Deliveries)
        delivery = await first.find(shown.id)
        assert delivery is not None
        first.change(delivery, delivery.skipped())
        await (await one.get(SqlUnitOfWork)).commit()
        second: Deliveries = await other.get(Deliveries)
        second.change(delivery, delivery.skipped())
        with pytest.raises(VersionConflict):
            await (await other.get(SqlUnitOfWork)).commit()


async def test_old_deliveries_are_forgotten(house: Any, cursors: CursorCodec, receiver: Receiver) -> None:
    """With their attempts, some in each transaction until none is left; young ones stay, and so do the endpoints."""
    post = await Post(house, cursors, settings=WebhookSettings(retention_days=1, purge_limit=2)).open()
    try:
        webhook = await post.create(receiver.url)
        ping = PingWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id)
        for _ in range(5):
            await post.ask(ping)
        await post.recorded(5)
        post.clock.advance(days=1, seconds=1)
        young = await post.ask(ping)
        await post.recorded()
        purged = await post.bus.send(PurgeDeliveries(), Context(by_service=True))
        await post.handled(PurgeDeliveries, 2)

        assert purged == 2
        assert [one.id for one in await post.deliveries()] == [young.id]
        rows = await post.rows("webhook_attempts")
        assert len(rows) == 1
        assert (await post.webhook(webhook)).id == webhook.id
    finally:
        await post.close()


def test_old_deliveries_are_looked_for_every_day() -> None:
    """At night."""
    (schedule,) = schedules
    assert (schedule.name, schedule.cron) == ("integrations.purge_deliveries", "17 3 * * *")
    assert isinstance(schedule.make(), PurgeDeliveries)
