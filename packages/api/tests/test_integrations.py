"""The contract of the webhooks: every use case has its place, and none of them is in another's way."""

import pytest

from colonnade.api.contract import Binding, Contract, Row
from colonnade.api.integrations import integrations
from colonnade.application import integrations as use_cases
from colonnade.application.messaging import INTERNAL, Message, Query
from colonnade.domain.workspaces import GRANTS, Permission, Role

MESSAGES = [
    kind
    for kind in (getattr(use_cases, name) for name in use_cases.__all__)
    if isinstance(kind, type) and issubclass(kind, Message)
]
ROWS = pytest.mark.parametrize("row", list(integrations), ids=lambda row: row.message.wire_name)


def test_every_use_case_has_a_row_unless_the_service_alone_sends_it() -> None:
    """Requests and their records are the service's own business."""
    internal = {"webhooks.attempt_delivery", "webhooks.record_attempt", "webhooks.purge_deliveries"}

    assert {kind.wire_name for kind in MESSAGES if kind.access is INTERNAL} == internal
    assert {row.message for row in integrations} == {kind for kind in MESSAGES if kind.access is not INTERNAL}


def test_the_names_that_clients_rely_on_are_there() -> None:
    """They are never renamed."""
    assert {row.message.wire_name for row in integrations} == {
        f"webhooks.{verb}"
        for verb in (
            "create", "list", "get", "edit", "delete", "rotate_secret", "enable", "disable", "ping",
            "deliveries", "delivery", "redeliver", "event_types",
        )
    }  # fmt: skip


@ROWS
def test_every_row_is_for_those_who_manage_webhooks(row: Row) -> None:
    """In the workspace that the path names: owners and admins, and nobody else."""
    assert row.message.access is Permission.WEBHOOK_MANAGE
    assert row.path.startswith("/workspaces/{workspace_id}/webhooks")
    assert {role for role in Role if Permission.WEBHOOK_MANAGE in GRANTS[role]} == {Role.OWNER, Role.ADMIN}


@ROWS
def test_reads_are_gets_and_only_reads_are(row: Row) -> None:
    """A crawler must not change anything."""
    assert (row.method == "GET") == issubclass(row.message, Query)
    assert row.tag == row.message.wire_name.partition(".")[0]


def test_deliveries_are_read_by_page_and_narrowed_in_the_query() -> None:
    """So a page can be bookmarked."""
    binding = Binding.of(next(row for row in integrations if row.message is use_cases.ListDeliveries))

    assert binding.query == ("webhook_id", "state", "limit", "cursor")
    assert binding.paged


def test_an_endpoint_is_read_with_its_version_and_changed_with_it() -> None:
    """Nobody overwrites what they have not seen."""
    rows = {row.message: row for row in integrations}

    assert rows[use_cases.GetWebhook].etag
    for message in (use_cases.EditWebhook, use_cases.DeleteWebhook, use_cases.RotateSecret):
        assert rows[message].if_match == "optional"


def test_the_table_fits_beside_others() -> None:
    """No two rows share a method and a path."""
    assert len(list(Contract.including([integrations]))) == len(list(integrations))
