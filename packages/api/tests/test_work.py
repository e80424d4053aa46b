"""The contract of the product is whole."""

from collections import Counter
from itertools import pairwise

import pytest

from colonnade.api.contract import Row
from colonnade.api.work import CONTRACT
from colonnade.application import identity, projects, tasks, workspaces
from colonnade.application.messaging import Message, OpenTo, Query
from colonnade.domain.workspaces import GRANTS, Permission, Role

CONTEXTS = (identity, workspaces, projects, tasks)
MESSAGES = [
    kind
    for context in CONTEXTS
    for kind in (getattr(context, name) for name in context.__all__)
    if isinstance(kind, type) and issubclass(kind, Message)
]
NOT_OVER_HTTP: dict[type[Message[object]], str] = {}
"""Messages without a row, each with the reason."""

ROWS = pytest.mark.parametrize("row", list(CONTRACT), ids=lambda row: row.message.wire_name)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.wire_name)
def test_every_message_has_a_row_or_a_reason(kind: type[Message[object]]) -> None:
    """A use case that nobody can reach is a decision, not an oversight."""
    if kind not in NOT_OVER_HTTP:
        assert CONTRACT.row_of(kind).message is kind


def test_no_message_hides_from_its_context() -> None:
    """Every message that is defined is exported by its context, and so was looked at above."""
    defined = {
        kind
        for kind in _below(Message)
        if kind.__module__.startswith("colonnade.application.") and "wire_name" in kind.__dict__
    }
    assert defined == set(MESSAGES)


def test_every_operation_has_a_name_of_its_own() -> None:
    """The wire name is the operationId."""
    names = Counter(row.message.wire_name for row in CONTRACT)
    assert names.most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    "name",
    ["identity.register", "identity.sign_in", "identity.refresh", "workspaces.create", "projects.create",
     "tasks.create", "tasks.get", "tasks.list", "tasks.edit", "tasks.move"],
)  # fmt: skip
def test_the_names_that_clients_rely_on_are_there(name: str) -> None:
    """They are never renamed."""
    assert name in {row.message.wire_name for row in CONTRACT}


@ROWS
def test_the_tag_of_a_row_is_the_context_of_its_message(row: Row) -> None:
    """Documentation groups operations as the code does."""
    assert row.message.wire_name.partition(".")[0] == row.tag


@ROWS
def test_reads_are_gets_and_only_reads_are(row: Row) -> None:
    """A cache or a crawler must not change anything."""
    assert (row.method == "GET") == issubclass(row.message, Query)


@ROWS
def test_every_post_takes_an_idempotency_key(row: Row) -> None:
    """A client that lost the answer may ask again."""
    assert (row.idempotency is not None) == (row.method == "POST")


@ROWS
def test_what_needs_a_permission_names_its_workspace(row: Row) -> None:
    """The policy and the tenancy of every statement follow from that field."""
    if not isinstance(row.message.access, OpenTo):
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
    assert all(lower < higher for higher, lower in pairwise(ordered))


def _below(kind: type) -> set[type]:
    return {kind}.union(*(_below(sub) for sub in kind.__subclasses__()))
