"""Each field of a message travels in one place, the same for server, client and documentation."""

import pytest

from colonnade.api.contract import Binding, Row
from colonnade.api.work import CONTRACT as PRODUCT

from ..library import CONTRACT, AddBook, EditBook, GetBook, LendBook, ListBooks, RemoveBook


def binding_of(kind: type) -> Binding:
    return Binding.of(CONTRACT.row_of(kind))


def test_a_read_has_its_fields_in_path_and_query() -> None:
    """It has no body."""
    assert binding_of(GetBook).path == ("book_id",)
    assert binding_of(ListBooks).query == ("limit", "cursor", "newest")
    assert binding_of(ListBooks).body == ()


def test_a_command_has_its_fields_in_path_and_body() -> None:
    """It has no query, and its body is needed only if a field without a default travels there."""
    assert binding_of(AddBook).body == ("title", "subtitle", "tags", "weight")
    assert binding_of(AddBook).needs_body
    assert not binding_of(EditBook).needs_body
    assert binding_of(LendBook).body == ()


def test_a_version_travels_in_a_header() -> None:
    """It is in neither body nor query."""
    for kind in (EditBook, RemoveBook):
        binding = binding_of(kind)
        assert binding.versioned
        assert "expected_version" not in (*binding.body, *binding.query, *binding.path)


def test_an_answer_with_items_and_next_is_paged() -> None:
    """It is one by its shape."""
    assert binding_of(ListBooks).paged
    assert not binding_of(GetBook).paged


@pytest.mark.parametrize("row", [*CONTRACT, *PRODUCT], ids=lambda row: row.message.wire_name)
def test_every_field_travels_exactly_once(row: Row) -> None:
    """Nothing that a message holds is lost on the way, and nothing is sent twice."""
    binding = Binding.of(row)
    version = ("expected_version",) if binding.versioned else ()
    assert sorted([*binding.path, *binding.query, *binding.body, *version]) == sorted(row.message.model_fields)
