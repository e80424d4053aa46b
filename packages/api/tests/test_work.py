"""The contract of the product is whole."""

import importlib
import pkgutil
from collections import Counter
from itertools import pairwise

import pytest

import colonnade.application
from colonnade.api.contract import Contract, Row
from colonnade.api.work import CONTRACT
from colonnade.application.messaging import INTERNAL, Errand, Message, OpenTo, Query
from colonnade.application.operations import OperationsPermission
from colonnade.domain.workspaces import GRANTS, Permission, Role, covers


def _below(kind: type) -> set[type]:
    return {kind}.union(*(_below(sub) for sub in kind.__subclasses__()))


def _messages() -> list[type[Message[object]]]:
    """Return every message that any module of the application defines."""
    for module in pkgutil.walk_packages(colonnade.application.__path__, "colonnade.application."):
        importlib.import_module(module.name)
    found = {
        kind
        for kind in _below(Message)
        if kind.__module__.startswith("colonnade.application.") and "wire_name" in kind.__dict__
    }
    return sorted(found, key=lambda kind: kind.wire_name)


MESSAGES = _messages()
OF_THE_SERVICE = [kind for kind in MESSAGES if kind.access is INTERNAL or issubclass(kind, Errand)]
OF_PEOPLE = [kind for kind in MESSAGES if kind not in OF_THE_SERVICE]

KEPT_NOWHERE = {
    "identity.register",
    "device.ask",
    "device.redeem",
    "second_factor.set_up",
    "second_factor.confirm",
    "second_factor.recovery_codes",
    "passkeys.begin_registration",
    "passkeys.finish_registration",
    "passkeys.begin_sign_in",
    "passkeys.begin_second_factor",
    "passkeys.begin_proof",
    "passkeys.finish_proof",
    "identity.link_provider",
    "identity.finish_link",
}
"""Sent by strangers, whose keys would be anybody's; answered with what nobody may see twice; or good once anyway."""

ROWS = pytest.mark.parametrize("row", list(CONTRACT), ids=lambda row: row.message.wire_name)


@pytest.mark.parametrize("kind", OF_PEOPLE, ids=lambda kind: kind.wire_name)
def test_every_message_that_somebody_may_send_has_a_row(kind: type[Message[object]]) -> None:
    """There is no use case that nobody can reach."""
    assert CONTRACT.row_of(kind).message is kind


@pytest.mark.parametrize("kind", OF_THE_SERVICE, ids=lambda kind: kind.wire_name)
def test_what_only_the_service_sends_has_no_row_and_gets_none(kind: type[Message[object]]) -> None:
    """Jobs, steps of processes and errands are out of everybody's reach."""
    assert kind.access is INTERNAL
    assert kind not in CONTRACT.messages()
    with pytest.raises(TypeError, match="is sent by the service itself"):
        Contract("library").post("/books", kind)


def test_the_messages_are_found() -> None:
    """Otherwise nothing above would prove anything."""
    assert {row.message for row in CONTRACT} == set(OF_PEOPLE)
    assert {kind.wire_name for kind in OF_PEOPLE} >= KEPT_NOWHERE
    assert {"workspaces.end_membership", "notifications.send_mail"} <= {kind.wire_name for kind in OF_THE_SERVICE}


def test_every_operation_has_a_name_of_its_own() -> None:
    """The wire name is the operationId."""
    names = Counter(row.message.wire_name for row in CONTRACT)
    assert names.most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    "name",
    ["identity.register", "identity.sign_in", "identity.refresh", "workspaces.create", "projects.create",
     "tasks.create", "tasks.get", "tasks.list", "tasks.edit", "tasks.move", "tasks.activity",
     "webhooks.create", "webhooks.list", "webhooks.deliveries", "webhooks.redeliver",
     "notifications.list", "notifications.unsubscribe"],
)  # fmt: skip
def test_the_names_that_clients_rely_on_are_there(name: str) -> None:
    """They are never renamed."""
    assert name in {row.message.wire_name for row in CONTRACT}


@ROWS
def test_the_tag_of_a_row_is_the_context_of_its_message(row: Row) -> None:
    """Documentation groups operations as the code does."""
    assert _group(row.message) == row.tag


def _group(message: type[Message[object]]) -> str:
    """A message's own group if the documentation has one of that name, else the package that it is defined in."""
    group, package = message.wire_name.partition(".")[0], message.__module__.split(".")[2]
    return group if group in {row.tag for row in CONTRACT} else package


@ROWS
def test_reads_are_gets_and_only_reads_are(row: Row) -> None:
    """A cache or a crawler must not change anything."""
    assert (row.method == "GET") == issubclass(row.message, Query)


@ROWS
def test_every_post_takes_an_idempotency_key(row: Row) -> None:
    """A client that lost the answer may ask again; only what signs in or makes codes keeps no answer."""
    kept_nowhere = row.session in {"opens", "refreshes"} or row.message.wire_name in KEPT_NOWHERE
    assert (row.idempotency is not None) == (row.method == "POST" and not kept_nowhere)


@ROWS
def test_what_needs_a_permission_names_its_workspace(row: Row) -> None:
    """The policy and the tenancy of every statement follow from that field; the service itself is no workspace's."""
    if isinstance(row.message.access, OperationsPermission):
        assert "workspace_id" not in row.message.model_fields
    elif not isinstance(row.message.access, OpenTo):
        assert row.message.access in set(Permission)
        assert "workspace_id" in row.path_fields


@ROWS
def test_a_versioned_read_has_an_entity_tag(row: Row) -> None:
    """What can be edited safely can also be read cheaply."""
    if row.method == "GET" and "version" in getattr(row.message.result, "model_fields", {}):
        assert row.etag


def test_roles_stand_above_each_other() -> None:
    """Each role may do all that the next one may, so that one example of each covers the matrix of the server."""
    ordered = [GRANTS[role] for role in (Role.OWNER, Role.ADMIN, Role.MEMBER, Role.GUEST)]
    assert all(covers(higher, lower) and not covers(lower, higher) for higher, lower in pairwise(ordered))
