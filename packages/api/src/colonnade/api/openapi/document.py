"""The document: every operation, what it takes, what it answers, and what can go wrong."""

from typing import Any

from colonnade.api.contract import Binding, Contract, Row
from colonnade.api.openapi.examples import example_of
from colonnade.api.openapi.schemas import Schemas
from colonnade.application.messaging import PUBLIC, OpenTo

Json = dict[str, Any]  # JSON of any shape

_ERRORS = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or the token is not good.",
    403: "The caller may not do this.",
    404: "There is no such thing, or the caller may not know of it.",
    409: "It contradicts the present state, or the same idempotency key is being used.",
    412: "It was changed since the version that was named.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A field breaks a rule; `errors` names each.",
    428: "The version that was seen must be named in `If-Match`.",
    503: "The database does not answer; `Retry-After` says when to try again.",
}


def openapi_document(
    contract: Contract, *, title: str, version: str, description: str, prefix: str = "/api/v1"
) -> Json:
    """Return the OpenAPI 3.1 document of a contract.

    Args:
        contract: The table.
        title: The API's name.
        version: The API's version.
        description: What it is for, in Markdown.
        prefix: What stands before every path.
    """
    schemas = Schemas(row.message for row in contract)
    paths: Json = {}
    for row in contract:
        paths.setdefault(prefix + row.path, {})[row.method.lower()] = _operation(Binding.of(row), schemas)
    tags = list(dict.fromkeys(row.tag for row in contract))
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description, "license": _LICENSE},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": {**schemas.components(), "Problem": _PROBLEM},
            "responses": {f"Problem{status}": _problem_response(status, text) for status, text in _ERRORS.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(binding: Binding, schemas: Schemas) -> Json:
    row, message = binding.row, binding.row.message
    summary, _, rest = (message.__doc__ or message.__name__).strip().partition("\n")
    operation: Json = {
        "operationId": message.wire_name,
        "tags": [row.tag],
        "summary": summary.rstrip("."),
        "parameters": _parameters(binding, schemas),
        "responses": {str(row.status): _answer(binding, schemas)},
        "security": [] if message.access is PUBLIC else [{"bearer": []}],
    }
    requirement = message.access.value if isinstance(message.access, OpenTo) else f"the permission `{message.access}`"
    operation["description"] = f"{summary}\n\n{rest.strip()}\n\nOpen to: {requirement}.".replace("\n\n\n\n", "\n\n")
    if binding.body:
        schema = schemas.body(binding)
        media = {"schema": schema, "example": example_of(schema, schemas.components())}
        kinds = ("application/json", "application/merge-patch+json") if row.method == "PATCH" else ("application/json",)
        operation["requestBody"] = {"required": binding.needs_body, "content": dict.fromkeys(kinds, media)}
    for status in _possible_errors(binding):
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    if row.etag and row.method == "GET":
        operation["responses"]["304"] = {"description": "It is still the version that you have."}
    return operation


def _parameters(binding: Binding, schemas: Schemas) -> list[Json]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schemas.field(binding.row.message, name)}
        for name in binding.path
    ]
    for name in binding.query:
        schema = schemas.field(binding.row.message, name)
        required = binding.row.message.model_fields[name].is_required()
        parameters.append({"name": name, "in": "query", "required": required, "schema": schema})
    return parameters + [_header(name, text, required=required) for name, text, required in _headers(binding.row)]


def _headers(row: Row) -> list[tuple[str, str, bool]]:
    headers = []
    if row.if_match:
        headers.append(("If-Match", "The ETag that you last saw.", row.if_match == "required"))
    if row.etag and row.method == "GET":
        headers.append(("If-None-Match", "The ETag that you have: answers 304 if it is still that.", False))
    if row.idempotency:
        text = "Repeating a request with the same key gives the first answer again."
        headers.append(("Idempotency-Key", text, row.idempotency == "required"))
    return headers


def _header(name: str, text: str, *, required: bool) -> Json:
    return {"name": name, "in": "header", "required": required, "description": text, "schema": {"type": "string"}}


def _answer(binding: Binding, schemas: Schemas) -> Json:
    row = binding.row
    if row.message.result is type(None) or row.message.result is None:
        return {"description": "Done."}
    schema = schemas.result(row.message)
    headers: Json = {}
    if row.etag:
        headers["ETag"] = {"description": "The version, for If-Match and If-None-Match.", "schema": {"type": "string"}}
    if binding.paged:
        headers["Link"] = {"description": "The next page (RFC 8288).", "schema": {"type": "string"}}
    if row.location:
        headers["Location"] = {"description": "Where it is from now on.", "schema": {"type": "string"}}
    answer: Json = {
        "description": "Done.",
        "content": {"application/json": {"schema": schema, "example": example_of(schema, schemas.components())}},
    }
    return {**answer, "headers": headers} if headers else answer


def _possible_errors(binding: Binding) -> list[int]:
    row, message = binding.row, binding.row.message
    rules = {
        400: True,
        401: message.access is not PUBLIC or row.method == "POST",
        403: not isinstance(message.access, OpenTo),
        404: bool(binding.path) or not isinstance(message.access, OpenTo),
        409: row.method != "GET",
        412: row.if_match is not None,
        413: bool(binding.body),
        415: bool(binding.body),
        422: True,
        428: row.if_match == "required",
        503: True,
    }
    return [status for status, possible in rules.items() if possible]


def _problem_response(status: int, text: str) -> Json:
    response: Json = {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 503:  # noqa: PLR2004 - a status
        response["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return response


_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}

_PROBLEM: Json = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457); further members are facts about it.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "Stable name of the kind of problem, a URN."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people."},
        "instance": {"type": "string", "description": "The request's id, for whoever looks into it."},
        "code": {"type": "string", "description": "The stable name that programs switch on."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
