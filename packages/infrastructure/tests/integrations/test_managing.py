"""Opening endpoints, changing them, and looking at what they were told of."""

from typing import Any

import pytest

from colonnade.application.integrations import (
    AttemptDelivery,
    CreateWebhook,
    DeleteWebhook,
    DisableWebhook,
    EditWebhook,
    EnableWebhook,
    GetDelivery,
    GetWebhook,
    ListDeliveries,
    ListEventTypes,
    ListWebhooks,
    PingWebhook,
    RedeliverWebhook,
    RotateSecret,
    WebhookSettings,
)
from colonnade.application.messaging import Context
from colonnade.core import CursorCodec, Invalid, NotFound, new_id
from colonnade.core.errors import StaleVersion
from colonnade.domain.integrations import (
    DisabledBy,
    EventTypeName,
    TooManyWebhooks,
    WebhookDescription,
    WebhookId,
    WebhookStatus,
    WebhookUrl,
)

from .post import Post
from .receiver import Receiver

URL = "http://127.0.0.1:1/hooks"


async def test_a_new_endpoint_shows_its_secret_once(post: Post) -> None:
    """Not when it is read, and another one each time."""
    made = await post.create(URL, "tasks.task_moved", "tasks.task_assigned", description="Chat bot")
    shown = await post.webhook(made)
    listed = await post.ask(ListWebhooks(workspace_id=made.workspace_id))

    assert made.secret.startswith("whsec_")
    assert shown.model_dump() == made.model_dump(exclude={"secret"})
    assert listed.items == (shown,)
    assert (shown.status, shown.version, shown.created_by) == (WebhookStatus.ENABLED, 1, post.house.owner)
    assert shown.event_types == ("tasks.task_assigned", "tasks.task_moved")
    renewed = await post.ask(RotateSecret(workspace_id=made.workspace_id, webhook_id=made.id))
    assert renewed.secret != made.secret


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/", "http://[fd00::1]/", "https://169.254.169.254/latest", "http://0x0a000001/", "http://[::"],
)
async def test_an_address_that_must_not_be_called_is_refused_early(post: Post, url: str) -> None:
    """When it is given and when it is changed; the field at fault is named."""
    webhook = await post.create(URL)
    edit = EditWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id, url=WebhookUrl(url))
    with pytest.raises(Invalid) as refused:
        await post.create(url)
    assert refused.value.facts["field"] == "url"
    with pytest.raises(Invalid):
        await post.ask(edit)
    assert (await post.webhook(webhook)).url == URL


async def test_an_event_that_is_not_published_is_refused(post: Post) -> None:
    """When it is asked for at first and later; the hand-made order of tasks is nobody else's business."""
    webhook = await post.create(URL)
    wanted = (EventTypeName("tasks.task_ranked"), EventTypeName("tasks.task_moved"))
    with pytest.raises(Invalid, match=r"there is no tasks\.task_ranked$") as refused:
        await post.create(URL, *wanted)
    assert refused.value.facts == {"field": "event_types"}
    with pytest.raises(Invalid):
        await post.ask(EditWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id, event_types=wanted))


async def test_every_published_event_can_be_asked_for(post: Post) -> None:
    """Each is listed with what it is and the schema of what it brings."""
    listed = await post.ask(ListEventTypes(workspace_id=post.house.workspace.id))
    names = [event.type for event in listed.items]

    assert names == sorted(names)
    assert {"tasks.task_assigned", "projects.project_created", "workspaces.member_added"} <= set(names)
    assigned = listed.items[names.index("tasks.task_assigned")]
    assert assigned.description == "A task was given to somebody, or taken back."
    assert set(assigned.data_schema["required"]) == {"workspace_id", "task_id", "assignee_id"}
    assert (await post.create(URL, *names)).event_types == tuple(names)


async def test_an_edit_changes_what_was_sent(post: Post) -> None:
    """The rest stays; another version than the one seen is refused."""
    webhook = await post.create(URL, "tasks.task_moved")
    about = {"workspace_id": webhook.workspace_id, "webhook_id": webhook.id}
    edit = EditWebhook(**about, description=WebhookDescription("Bot"), expected_version=1)
    edited = await post.ask(edit)

    assert (edited.description, edited.url, edited.event_types) == ("Bot", URL, ("tasks.task_moved",))
    assert await post.webhook(webhook) == edited
    with pytest.raises(StaleVersion):
        await post.ask(edit)
    assert await post.ask(EditWebhook(**about)) == edited


async def test_an_endpoint_is_disabled_and_enabled_by_hand(post: Post) -> None:
    """And says by whom."""
    webhook = await post.create(URL)
    about = {"workspace_id": webhook.workspace_id, "webhook_id": webhook.id}
    disabled = await post.ask(DisableWebhook(**about))
    assert (disabled.status, disabled.disabled_by) == (WebhookStatus.DISABLED, DisabledBy.PERSON)
    assert await post.webhook(webhook) == disabled

    enabled = await post.ask(EnableWebhook(**about))
    assert (enabled.status, enabled.disabled_by, enabled.disabled_reason) == (WebhookStatus.ENABLED, None, None)
    assert await post.webhook(webhook) == enabled


async def test_a_deleted_endpoint_is_gone_for_everybody(post: Post) -> None:
    """Whatever is asked of it."""
    webhook = await post.create(URL)
    about = {"workspace_id": webhook.workspace_id, "webhook_id": webhook.id}
    await post.ask(DeleteWebhook(**about))

    assert (await post.ask(ListWebhooks(workspace_id=webhook.workspace_id))).items == ()
    for kind in (GetWebhook, EditWebhook, RotateSecret, EnableWebhook, DisableWebhook, DeleteWebhook, PingWebhook):
        with pytest.raises(NotFound):
            await post.ask(kind(**about))


async def test_a_workspace_has_only_so_many_endpoints(house: Any, cursors: CursorCodec) -> None:
    """Deleted ones do not count, nor do those of others."""
    post = await Post(house, cursors, settings=WebhookSettings(endpoint_limit=2)).open()
    try:
        first, _ = await post.create(URL), await post.create(URL)
        with pytest.raises(TooManyWebhooks) as refused:
            await post.create(URL)
        assert refused.value.facts == {"limit": 2}
        other = await house.open_workspace(house.owner)
        await post.create(URL, workspace_id=other.id)
        await post.ask(DeleteWebhook(workspace_id=first.workspace_id, webhook_id=first.id))
        await post.create(URL)
    finally:
        await post.close()


async def test_nobody_reaches_into_another_workspace(post: Post, receiver: Receiver) -> None:
    """Not by an id that they happen to know."""
    webhook = await post.create(receiver.url)
    await post.ask(PingWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id))
    (delivery,) = await post.recorded()
    other = (await post.house.open_workspace(post.house.owner)).id

    for kind in (GetWebhook, EditWebhook, RotateSecret, EnableWebhook, DisableWebhook, DeleteWebhook, PingWebhook):
        with pytest.raises(NotFound):
            await post.ask(kind(workspace_id=other, webhook_id=webhook.id))
    for of_delivery in (GetDelivery, RedeliverWebhook):
        with pytest.raises(NotFound):
            await post.ask(of_delivery(workspace_id=other, delivery_id=delivery.id))
    assert (await post.ask(ListWebhooks(workspace_id=other))).items == ()
    assert (await post.ask(ListDeliveries(workspace_id=other))).items == ()
    attempt = AttemptDelivery(workspace_id=other, delivery_id=delivery.id, number=1)
    assert (await post.bus.send(attempt, Context(by_service=True))).skipped


class TestTheListOfDeliveries:
    async def test_is_read_page_by_page(self, post: Post, receiver: Receiver) -> None:
        """The newest first, without gaps and doubles, however many are of one moment."""
        webhook = await post.create(receiver.url)
        about = {"workspace_id": webhook.workspace_id, "webhook_id": webhook.id}
        made = [await post.ask(PingWebhook(**about)) for _ in range(3)]
        post.clock.advance(seconds=1)
        made += [await post.ask(PingWebhook(**about)) for _ in range(4)]
        await post.recorded(7)

        found, cursor = [], None
        while True:
            query = ListDeliveries(workspace_id=webhook.workspace_id, limit=2, cursor=cursor)
            page = await post.ask(query)
            found += page.items
            cursor = page.next
            if cursor is None:
                break
        assert [one.id for one in found] == [one.id for one in reversed(made)]

    async def test_is_narrowed_to_an_endpoint_or_a_state(self, post: Post, receiver: Receiver) -> None:
        """A cursor of another list is refused."""
        good, dead = await post.create(receiver.url), await post.create(URL)
        for webhook in (good, good, dead):
            await post.ask(PingWebhook(workspace_id=webhook.workspace_id, webhook_id=webhook.id))
        await post.recorded(3)

        async def ids(**narrowed: Any) -> list[WebhookId]:
            page = await post.ask(ListDeliveries(workspace_id=good.workspace_id, **narrowed))
            return [one.webhook_id for one in page.items]

        assert await ids(webhook_id=good.id) == [good.id, good.id]
        assert await ids(state="failed") == [dead.id]
        assert await ids(state="pending") == []
        assert await ids(webhook_id=dead.id, state="delivered") == []
        cursor = (await post.ask(ListDeliveries(workspace_id=good.workspace_id, limit=1))).next
        with pytest.raises(Invalid):
            await ids(webhook_id=good.id, cursor=cursor)


async def test_there_is_no_delivery_by_a_made_up_id(post: Post) -> None:
    """Neither to look at nor to send again."""
    made_up = {"workspace_id": post.house.workspace.id, "delivery_id": new_id(WebhookId)}
    for kind in (GetDelivery, RedeliverWebhook):
        with pytest.raises(NotFound):
            await post.ask(kind.model_validate(made_up))


def test_a_message_wants_an_event() -> None:
    """None is no choice."""
    with pytest.raises(ValueError, match="event_types"):
        CreateWebhook.model_validate({"workspace_id": new_id(WebhookId), "url": URL, "event_types": []})
