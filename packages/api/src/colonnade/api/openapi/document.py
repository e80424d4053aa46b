"""The document: every operation, what it takes, what it answers, and what can go wrong."""

from typing import Any

from colonnade.api.contract import Binding, Contract
from colonnade.api.contract.sessions import COOKIE, PROOF_COOKIE
from colonnade.api.openapi.examples import example_of
from colonnade.api.openapi.links import links_of
from colonnade.api.openapi.parameters import parameters_of
from colonnade.api.openapi.problems import PROBLEM, possible_errors, problem_responses
from colonnade.api.openapi.schemas import Schemas
from colonnade.application.messaging import PUBLIC, OpenTo

Json = dict[str, Any]  # JSON of any shape


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
        paths.setdefault(prefix + row.path, {})[row.method.lower()] = _operation(Binding.of(row), schemas, contract)
    tags = list(dict.fromkeys(row.tag for row in contract))
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description, "license": _LICENSE},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": {**schemas.components(), "Problem": PROBLEM},
            "responses": problem_responses(),
            "headers": _COUNTS,
            "securitySchemes": _SCHEMES,
        },
    }


def _operation(binding: Binding, schemas: Schemas, contract: Contract) -> Json:
    row, message = binding.row, binding.row.message
    summary, _, rest = (message.__doc__ or message.__name__).strip().partition("\n")
    operation: Json = {
        "operationId": message.wire_name,
        "tags": [row.tag],
        "summary": summary.rstrip("."),
        "parameters": parameters_of(binding, schemas),
        "responses": {str(row.status): _answer(binding, schemas, links_of(row, contract))},
        "security": [] if message.access is PUBLIC else [{"bearer": []}, {"cookie": []}],
    }
    requirement = message.access.value if isinstance(message.access, OpenTo) else f"the permission `{message.access}`"
    operation["description"] = f"{summary}\n\n{rest.strip()}\n\nOpen to: {requirement}.".replace("\n\n\n\n", "\n\n")
    if binding.body:
        schema = schemas.body(binding)
        media = {"schema": schema, "example": example_of(schema, schemas.components())}
        kinds = ("application/json", "application/merge-patch+json") if row.method == "PATCH" else ("application/json",)
        operation["requestBody"] = {"required": binding.needs_body, "content": dict.fromkeys(kinds, media)}
    for status in possible_errors(binding, schemas):
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    if row.etag and row.method == "GET":
        operation["responses"]["304"] = {"description": "It is still the version that you have."}
    return operation


def _answer(binding: Binding, schemas: Schemas, links: Json) -> Json:
    row = binding.row
    counts = {name: {"$ref": f"#/components/headers/{name}"} for name in _COUNTS} if row.limited_by else {}
    if row.message.result is type(None) or row.message.result is None:
        return {"description": "Done.", **({"headers": counts} if counts else {})}
    schema = schemas.result(row.message)
    if row.session in {"opens", "refreshes"}:
        schema = {"anyOf": [schema, _COOKIE_ANSWER]}
    headers: Json = {**counts}
    if row.etag:
        headers["ETag"] = _sent("The version, for If-Match and If-None-Match.")
    if binding.paged:
        headers["Link"] = {"description": "The next page (RFC 8288).", "schema": {"type": "string"}}
    if row.location:
        headers["Location"] = _sent("Where it is from now on.")
    answer: Json = {
        "description": "Done.",
        "content": {"application/json": {"schema": schema, "example": example_of(schema, schemas.components())}},
    }
    return answer | {name: part for name, part in (("headers", headers), ("links", links)) if part}


def _sent(description: str) -> Json:
    return {"description": description, "required": True, "schema": {"type": "string"}}


_COUNTS: Json = {
    "RateLimit": {
        "description": "What is left of each quota (`r`), and for how many seconds it must do (`t`).",
        "schema": {"type": "string", "examples": ['"reads-person";r=1199;t=42']},
    },
    "RateLimit-Policy": {
        "description": "Each quota (`q`) and its window in seconds (`w`).",
        "schema": {"type": "string", "examples": ['"reads-person";q=1200;w=60']},
    },
}

_SCHEMES: Json = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Sign in with the header `Colonnade-Session: cookie`. Requests that change something then need "
        f"the cookie `{PROOF_COOKIE}` as the header `X-CSRF-Token`, from a page of this service.",
    },
}

_COOKIE_ANSWER: Json = {
    "type": "object",
    "title": "CookieSession",
    "description": "What is left of the answer when the tokens are in cookies.",
    "required": ["csrf_token"],
    "properties": {"csrf_token": {"type": "string"}, "expires_in": {"type": "integer"}},
}

_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
