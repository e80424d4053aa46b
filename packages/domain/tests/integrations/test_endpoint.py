"""Webhook endpoints: what they want to hear of, their secrets, and what becomes of those that do not answer."""

from datetime import datetime, timedelta

import pytest

from colonnade.core import Invalid, UserId, new_id, predicate
from colonnade.domain.integrations import (
    MAX_EVENT_TYPES,
    DisabledBy,
    EventTypeName,
    SignatureKind,
    WebhookCreated,
    WebhookDeleted,
    WebhookDescription,
    WebhookDisabled,
    WebhookEdited,
    WebhookEnabled,
    WebhookEndpoint,
    WebhookFailing,
    WebhookId,
    WebhookMissing,
    WebhookOff,
    WebhookRecovered,
    WebhookSecretRotated,
    WebhookStatus,
    WebhookUrl,
    wanting,
)
from colonnade.domain.workspaces import Workspace

URL = WebhookUrl("https://example.com/hooks")
ASSIGNED, MOVED = EventTypeName("tasks.task_assigned"), EventTypeName("tasks.task_moved")
FIVE_DAYS = timedelta(days=5)


@pytest.fixture
def endpoint(workspace: Workspace, ada: UserId, now: datetime) -> WebhookEndpoint:
    """An endpoint that wants one event, with nothing recorded yet."""
    made = WebhookEndpoint.create(
        new_id(WebhookId), workspace_id=workspace.id, url=URL, event_types=[ASSIGNED], sealed=b"first", by=ada, at=now
    )
    made.release_events()
    return made


def test_an_endpoint_is_created_enabled(workspace: Workspace, ada: UserId, now: datetime) -> None:
    """It wants each event once, in the order of their names; the event that says so has no secret in it."""
    endpoint = WebhookEndpoint.create(
        new_id(WebhookId),
        workspace_id=workspace.id,
        url=URL,
        event_types=[MOVED, ASSIGNED, MOVED],
        sealed=b"first",
        by=ada,
        at=now,
        signature=SignatureKind.ASYMMETRIC,
    )

    assert endpoint.status is WebhookStatus.ENABLED
    assert endpoint.recorded_events == (
        WebhookCreated(
            workspace_id=workspace.id,
            webhook_id=endpoint.id,
            url=URL,
            event_types=(ASSIGNED, MOVED),
            description="",
            signature=SignatureKind.ASYMMETRIC,
            created_by=ada,
        ),
    )
    assert "first" not in endpoint.recorded_events[0].model_dump_json()


def test_all_events_include_every_other(endpoint: WebhookEndpoint, now: datetime) -> None:
    """So none beside the star is kept."""
    endpoint.edit(event_types=[ASSIGNED, EventTypeName("*")], at=now)

    assert endpoint.event_types == ("*",)


@pytest.mark.parametrize("count", [0, MAX_EVENT_TYPES + 1])
def test_an_endpoint_wants_some_events_and_not_too_many(endpoint: WebhookEndpoint, now: datetime, count: int) -> None:
    """The field at fault is named."""
    with pytest.raises(Invalid) as refused:
        endpoint.edit(event_types=[EventTypeName(f"tasks.event_{number}") for number in range(count)], at=now)
    assert refused.value.facts == {"field": "event_types"}


def test_an_edit_changes_what_is_given(endpoint: WebhookEndpoint, now: datetime) -> None:
    """The event says how all of it is afterwards; the same again changes nothing."""
    later = now + timedelta(hours=1)
    for _ in range(2):
        endpoint.edit(description=WebhookDescription("Chat bot"), at=later)

    assert endpoint.recorded_events == (
        WebhookEdited(
            workspace_id=endpoint.workspace_id,
            webhook_id=endpoint.id,
            url=URL,
            event_types=(ASSIGNED,),
            description="Chat bot",
        ),
    )
    assert endpoint.updated_at == later


@pytest.mark.parametrize(
    ("name", "wanted"), [("tasks.task_assigned", True), ("tasks.task_moved", False), ("webhooks.ping", False)]
)
def test_an_endpoint_is_told_of_what_it_wants(endpoint: WebhookEndpoint, name: str, wanted: bool) -> None:
    """And of nothing else."""
    assert predicate(wanting(name))(endpoint) is wanted


def test_an_endpoint_is_told_while_it_is_enabled_and_there(endpoint: WebhookEndpoint, now: datetime) -> None:
    """The star stands for whatever there is."""
    wants = predicate(wanting("tasks.event_of_tomorrow"))
    endpoint.edit(event_types=[EventTypeName("*")], at=now)
    told = [wants(endpoint)]
    endpoint.disable(DisabledBy.PERSON, at=now, reason="holiday")
    told.append(wants(endpoint))
    endpoint.enable()
    told.append(wants(endpoint))
    endpoint.delete(at=now)
    told.append(wants(endpoint))

    assert told == [True, False, True, False]


class TestARotation:
    def test_keeps_the_former_secret_for_a_day(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        endpoint.rotate_secret(b"second", at=now)
        day = timedelta(days=1)

        assert [s.sealed for s in endpoint.valid_secrets(now)] == [b"second", b"first"]
        assert [s.sealed for s in endpoint.valid_secrets(now + day - timedelta(seconds=1))] == [b"second", b"first"]
        assert [s.sealed for s in endpoint.valid_secrets(now + day)] == [b"second"]
        assert endpoint.recorded_events == (
            WebhookSecretRotated(
                workspace_id=endpoint.workspace_id, webhook_id=endpoint.id, former_valid_until=now + day
            ),
        )

    def test_within_a_rotation_drops_the_oldest_secret(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        """There are never more than two: who rotates twice wants to be rid of the first."""
        endpoint.rotate_secret(b"second", at=now)
        endpoint.rotate_secret(b"third", at=now + timedelta(minutes=1))

        assert [s.sealed for s in endpoint.valid_secrets(now + timedelta(minutes=1))] == [b"third", b"second"]


class TestAnEndpointThatFails:
    def test_is_disabled_by_the_service_after_days(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        """Counted from the first failure after the last success."""
        endpoint.failed(at=now, disable_after=FIVE_DAYS)
        endpoint.failed(at=now + FIVE_DAYS - timedelta(seconds=1), disable_after=FIVE_DAYS)
        assert endpoint.status is WebhookStatus.ENABLED

        endpoint.failed(at=now + FIVE_DAYS, disable_after=FIVE_DAYS)

        assert (endpoint.status, endpoint.disabled_by) == (WebhookStatus.DISABLED, DisabledBy.SERVICE)
        assert endpoint.recorded_events == (
            WebhookFailing(workspace_id=endpoint.workspace_id, webhook_id=endpoint.id),
            WebhookDisabled(
                workspace_id=endpoint.workspace_id,
                webhook_id=endpoint.id,
                disabled_by=DisabledBy.SERVICE,
                reason="took no request since 2026-03-02 09:30 UTC",
            ),
        )

    def test_is_as_good_as_new_after_a_success(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        endpoint.failed(at=now, disable_after=FIVE_DAYS)
        endpoint.delivered()
        endpoint.delivered()
        endpoint.failed(at=now + 2 * FIVE_DAYS, disable_after=FIVE_DAYS)

        assert endpoint.status is WebhookStatus.ENABLED
        assert endpoint.failing_since == now + 2 * FIVE_DAYS
        assert [type(event) for event in endpoint.recorded_events] == [WebhookFailing, WebhookRecovered, WebhookFailing]

    def test_has_all_its_time_again_once_it_is_enabled(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        endpoint.failed(at=now, disable_after=FIVE_DAYS)
        endpoint.failed(at=now + FIVE_DAYS, disable_after=FIVE_DAYS)
        endpoint.enable()
        endpoint.failed(at=now + FIVE_DAYS, disable_after=FIVE_DAYS)

        assert endpoint.status is WebhookStatus.ENABLED
        assert endpoint.disabled_reason is None

    def test_that_says_it_is_gone_is_disabled_at_once(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        endpoint.gone(at=now)

        assert (endpoint.status, endpoint.disabled_by) == (WebhookStatus.DISABLED, DisabledBy.SERVICE)
        assert "410" in (endpoint.disabled_reason or "")

    def test_after_it_was_disabled_changes_nothing_more(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        """A late answer does not overrule the person who disabled it."""
        endpoint.disable(DisabledBy.PERSON, at=now, reason="holiday")
        endpoint.failed(at=now, disable_after=FIVE_DAYS)
        endpoint.gone(at=now)
        endpoint.delivered()

        assert (endpoint.disabled_by, endpoint.failing_since, len(endpoint.recorded_events)) == (
            DisabledBy.PERSON,
            None,
            1,
        )


def test_a_disabled_endpoint_gets_nothing_until_it_is_enabled(endpoint: WebhookEndpoint, now: datetime) -> None:
    """Twice is once."""
    for _ in range(2):
        endpoint.disable(DisabledBy.PERSON, at=now, reason="holiday")
    with pytest.raises(WebhookOff):
        endpoint.require_enabled()
    for _ in range(2):
        endpoint.enable()
    endpoint.require_enabled()

    assert [type(event) for event in endpoint.recorded_events] == [WebhookDisabled, WebhookEnabled]


def test_a_deleted_endpoint_has_no_secret_and_takes_no_change(endpoint: WebhookEndpoint, now: datetime) -> None:
    """It is as if it had never been."""
    for _ in range(2):
        endpoint.delete(at=now)

    assert endpoint.secrets == ()
    assert [type(event) for event in endpoint.recorded_events] == [WebhookDeleted]
    for change in (
        lambda: endpoint.edit(url=WebhookUrl("https://example.org"), at=now),
        lambda: endpoint.rotate_secret(b"second", at=now),
        lambda: endpoint.disable(DisabledBy.PERSON, at=now, reason="holiday"),
        endpoint.enable,
        endpoint.require_enabled,
    ):
        with pytest.raises(WebhookMissing):
            change()
    assert len(endpoint.recorded_events) == 1
