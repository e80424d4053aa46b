"""Parameters say exactly what the server takes."""

import re
from typing import Any

import pytest

from colonnade.api.openapi import openapi_document
from colonnade.api.work import CONTRACT as PRODUCT

from ..library import CONTRACT as LIBRARY

Json = dict[str, Any]

PATHS: Json = openapi_document(LIBRARY, title="Test", version="1", description="For tests.")["paths"]


def parameter(path: str, method: str, name: str) -> Json:
    parameters: list[Json] = PATHS[f"/api/v1{path}"][method]["parameters"]
    return next(parameter for parameter in parameters if parameter["name"] == name)


def test_a_query_has_no_null() -> None:
    """What may be null in a message is left out of a query: there `null` would be a text of four letters."""
    assert parameter("/books", "get", "cursor")["schema"] == {"type": "string", "title": "Cursor"}
    document = openapi_document(PRODUCT, title="Test", version="1", description="For tests.")
    queries = [
        parameter
        for path in document["paths"].values()
        for operation in path.values()
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    ]
    assert len(queries) > 20
    assert not [query["name"] for query in queries if "'null'" in str(query["schema"])]


@pytest.mark.parametrize("tag", ['"3"', 'W/"3"', '"of somebody else"'])
def test_an_entity_tag_is_quoted(tag: str) -> None:
    """Others are refused, but for the star."""
    star, quoted = parameter("/books/{book_id}", "put", "If-Match")["schema"]["anyOf"]
    assert star == {"const": "*"}
    assert re.search(quoted["pattern"], tag)
    assert not re.search(quoted["pattern"], tag.replace('"', ""))


@pytest.mark.parametrize(("key", "fits"), [("8e03978e", True), ('"quoted"', True), ('""', False), ("é", False)])
def test_an_idempotency_key_is_ascii(key: str, fits: bool) -> None:
    """And something besides quotes and space."""
    schema = parameter("/books/{book_id}/lend", "post", "Idempotency-Key")["schema"]
    assert bool(re.search(schema["pattern"], key)) is fits
    assert schema["maxLength"] == 200


def test_whatever_names_something_may_name_what_is_not_there() -> None:
    """In the path, in the body or, by id, in the query; a greeting names nobody."""
    assert "404" in PATHS["/api/v1/books"]["post"]["responses"]
    assert "404" in PATHS["/api/v1/books/{book_id}"]["get"]["responses"]
    assert "404" not in PATHS["/api/v1/greeting"]["get"]["responses"]
