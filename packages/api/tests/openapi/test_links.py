"""An answer that made something says what can be done with it next."""

from typing import Any

from colonnade.api import Contract
from colonnade.api.openapi import openapi_document

from ..library import CONTRACT

Json = dict[str, Any]


def answers_of(contract: Contract, path: str, method: str) -> Json:
    document = openapi_document(contract, title="Test", version="1", description="For tests.")
    answers: Json = document["paths"][path][method]["responses"]
    return answers


def test_what_was_made_is_linked_to_what_can_be_done_at_its_address() -> None:
    """The ids in the path come from the answer; the header with the address is always there."""
    made = answers_of(CONTRACT, "/api/v1/books", "post")["201"]
    assert set(made["links"]) == {"books.get", "books.edit", "books.replace", "books.remove"}
    assert made["links"]["books.get"] == {"operationId": "books.get", "parameters": {"book_id": "$response.body#/id"}}
    assert made["headers"]["Location"]["required"] is True


def test_an_answer_without_an_address_has_no_links() -> None:
    """Reading makes nothing."""
    assert "links" not in answers_of(CONTRACT, "/api/v1/books/{book_id}", "get")["200"]
