"""The document is valid OpenAPI 3.1 and says what the server does."""

from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from colonnade.api import Contract
from colonnade.api.contract import Row
from colonnade.api.openapi import openapi_document
from colonnade.api.openapi.examples import example_of
from colonnade.api.work import CONTRACT as PRODUCT
from colonnade.application.messaging import PUBLIC

from ..library import CONTRACT as LIBRARY

Json = dict[str, Any]


def document_of(contract: Contract) -> Json:
    return openapi_document(contract, title="Test", version="1", description="For tests.")


DOCUMENTS = {"library": document_of(LIBRARY), "product": document_of(PRODUCT)}
BOTH = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
OPERATIONS = {
    operation["operationId"]: operation
    for path in DOCUMENTS["product"]["paths"].values()
    for operation in path.values()
}
ROWS = pytest.mark.parametrize("row", list(PRODUCT), ids=lambda row: row.message.wire_name)


@BOTH
def test_it_is_valid(document: Json) -> None:
    """The specification's own validator has nothing to say."""
    OpenAPIV31SpecValidator(document).validate()


@BOTH
def test_every_reference_leads_somewhere(document: Json) -> None:
    """A reference into the void would break every generator."""
    for reference in _references(document):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


@BOTH
def test_every_example_fits_its_schema(document: Json) -> None:
    """What the docs show can be sent and is what comes back."""
    checked = 0
    for media in _media(document):
        if "example" in media:
            schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **media["schema"]}
            schema["components"] = document["components"]
            validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
            validator.validate(media["example"])
            checked += 1
    assert checked > 5


@ROWS
def test_every_example_of_a_body_is_accepted_by_its_message(row: Row) -> None:
    """The schema may be laxer than the message; the example passes both."""
    operation = OPERATIONS[row.message.wire_name]
    if "requestBody" in operation:
        example = operation["requestBody"]["content"]["application/json"]["example"]
        parts = [parameter for parameter in operation["parameters"] if parameter["in"] == "path"]
        path = {part["name"]: example_of(part["schema"], DOCUMENTS["product"]["components"]) for part in parts}
        assert row.message.model_validate({**path, **example})


TOGETHER = {
    "MarkRead": "some notifications, or everything",
    "QuietHours": "Invalid: It begins when it ends",
    "RankTask": "right before or right after another one",
    "Workflow": "no status to start or to finish in, a name occurs twice, or a move leads nowhere",
}
"""What the document says of each model whose fields must fit together."""


def test_rules_for_fields_that_belong_together_are_documented() -> None:
    """Whatever is sent and has such a rule says it where its schema is."""
    ruled = {kind.__name__ for kind in _sent() if _has_a_rule(kind)}
    assert ruled == set(TOGETHER)
    schemas = DOCUMENTS["product"]["components"]["schemas"]
    for name, rule in TOGETHER.items():
        assert rule in (schemas.get(name) or schemas[f"{name}-Input"])["description"]


@ROWS
def test_every_operation_says_what_can_go_wrong(row: Row) -> None:
    """Errors are problem documents, and each possible status is there."""
    answers = OPERATIONS[row.message.wire_name]["responses"]
    assert {"400", "414", "422", "431", "503", str(row.status)} <= set(answers)
    assert ("401" in answers) or row.message.access is PUBLIC
    assert ("412" in answers) == (row.if_match is not None)
    assert ("304" in answers) == (row.etag and row.method == "GET")
    assert {"409", "413", "415"} <= set(answers) or row.method in {"GET", "DELETE"} or not _has_body(row)


@ROWS
def test_only_public_operations_need_no_token(row: Row) -> None:
    """Everything else names the security scheme."""
    security = OPERATIONS[row.message.wire_name]["security"]
    assert security == ([] if row.message.access is PUBLIC else [{"bearer": []}, {"cookie": []}])


def test_a_patch_is_a_merge_patch() -> None:
    """Both media types are documented, no field is required, and there is no word for leaving a field as it is."""
    operation = OPERATIONS["tasks.edit"]
    assert set(operation["requestBody"]["content"]) == {"application/json", "application/merge-patch+json"}
    schema = DOCUMENTS["product"]["components"]["schemas"]["EditTask"]
    assert "required" not in schema
    assert "unset" not in str(schema).lower()


def test_secrets_are_marked() -> None:
    """A form that is made from the document hides what is typed."""
    schema = DOCUMENTS["product"]["components"]["schemas"]["SignIn"]
    assert schema["properties"]["password"]["format"] == "password"


def test_conditions_and_keys_are_documented_where_a_row_has_them() -> None:
    """Required ones are marked as required."""
    paths = DOCUMENTS["library"]["paths"]
    replace = {p["name"]: p["required"] for p in paths["/api/v1/books/{book_id}"]["put"]["parameters"]}
    lend = {p["name"]: p["required"] for p in paths["/api/v1/books/{book_id}/lend"]["post"]["parameters"]}
    read = {p["name"]: p["required"] for p in paths["/api/v1/books/{book_id}"]["get"]["parameters"]}
    assert replace["If-Match"] is True
    assert lend["Idempotency-Key"] is True
    assert read["If-None-Match"] is False
    assert "428" in paths["/api/v1/books/{book_id}"]["put"]["responses"]


def _sent() -> set[type[BaseModel]]:
    """Return every model that is a message or a part of one."""
    found: set[type[BaseModel]] = set()
    waiting: list[Any] = [row.message for row in PRODUCT]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
            found.add(kind)
            waiting += [field.annotation for field in kind.model_fields.values()]
        waiting += get_args(kind)
    return found


def _has_a_rule(kind: type[BaseModel]) -> bool:
    return any(rule.info.mode == "after" for rule in kind.__pydantic_decorators__.model_validators.values())


def _has_body(row: Row) -> bool:
    return "requestBody" in OPERATIONS[row.message.wire_name]


def _media(document: Json) -> list[Json]:
    return [
        media
        for path in document["paths"].values()
        for operation in path.values()
        for part in (operation.get("requestBody", {}), *operation["responses"].values())
        for media in part.get("content", {}).values()
    ]


def _references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [reference for value in part.values() for reference in _references(value)]
    if isinstance(part, list):
        return [reference for value in part for reference in _references(value)]
    return []
