"""Rows are checked when the table is written, not when a request comes."""

import pytest

from colonnade.api import Contract

from ..library import AddBook, Book, CountBooks, EditBook, GetBook, LendBook, ListBooks, RemoveBook, ReplaceBook


@pytest.fixture
def table() -> Contract:
    """An empty table."""
    return Contract("books", prefix="/shelves")


def test_a_path_names_fields_of_its_message(table: Contract) -> None:
    """A parameter that the message does not have is refused, by its name."""
    with pytest.raises(TypeError, match="GetBook has no field isbn"):
        table.get("/books/{isbn}", GetBook)


def test_a_message_without_a_version_takes_no_precondition(table: Contract) -> None:
    """The error says from which class to derive."""
    with pytest.raises(TypeError, match="derive it from VersionedCommand"):
        table.post("/books/{book_id}/lend", LendBook, if_match="required")


def test_two_rows_never_share_method_and_path(table: Contract) -> None:
    """The second one is refused, and both messages are named."""
    table.get("/books", ListBooks)
    with pytest.raises(TypeError, match="CountBooks and ListBooks"):
        table.get("/books", CountBooks)


def test_a_message_has_one_row(table: Contract) -> None:
    """The same message under another path is refused, so that clients know where to send it."""
    table.get("/books", ListBooks)
    with pytest.raises(TypeError, match="ListBooks"):
        table.get("/volumes", ListBooks)


def test_tables_that_are_joined_must_not_collide(table: Contract) -> None:
    """Each may be right by itself and wrong together."""
    other = Contract("other", prefix="/shelves")
    table.get("/books", ListBooks)
    other.get("/books", CountBooks)
    with pytest.raises(TypeError, match="share GET /shelves/books"):
        Contract.including([table, other])


def test_joining_keeps_every_row_with_its_tag(table: Contract) -> None:
    """Nothing of a row changes by becoming part of a larger table."""
    other = Contract("others")
    table.get("/books", ListBooks)
    other.get("/count", CountBooks)
    assert [(row.tag, row.path) for row in Contract.including([table, other])] == [
        ("books", "/shelves/books"),
        ("others", "/count"),
    ]


def test_a_row_is_found_by_its_message(table: Contract) -> None:
    """And a message without one is told how to get one."""
    table.get("/books/{book_id}", GetBook, etag=True)
    assert table.row_of(GetBook).etag
    with pytest.raises(KeyError, match="ListBooks has no row in the contract"):
        table.row_of(ListBooks)


def test_the_rules_of_a_row_follow_from_its_message(table: Contract) -> None:
    """A versioned command may name a version, an answer with a version has an entity tag, every POST takes a key."""
    table.post("/books", AddBook, status=201)
    table.patch("/books/{book_id}", EditBook)
    table.put("/books/{book_id}", ReplaceBook, if_match="required")
    table.delete("/books/{book_id}", RemoveBook)
    add, edit, replace, remove = (table.row_of(kind) for kind in (AddBook, EditBook, ReplaceBook, RemoveBook))
    assert Book.model_fields.keys() >= {"version"}
    assert [row.status for row in (add, edit, replace, remove)] == [201, 200, 200, 204]
    assert [row.if_match for row in (add, edit, replace, remove)] == [None, "optional", "required", "optional"]
    assert [row.idempotency for row in (add, edit, replace, remove)] == ["optional", None, None, None]
    assert [row.etag for row in (add, edit, replace, remove)] == [True, True, True, False]
