"""What can go wrong, as responses: which status each operation may answer with, and in what form."""

from typing import Any

from colonnade.api.contract import Binding, Row
from colonnade.api.openapi.schemas import Schemas
from colonnade.application.messaging import PUBLIC, OpenTo

Json = dict[str, Any]  # JSON of any shape

_ERRORS = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or the token is not good.",
    403: "The caller may not do this.",
    404: "There is no such thing, or the caller may not know of it.",
    408: "The body did not come in time.",
    409: "It contradicts the present state, or the same idempotency key is being used.",
    412: "It was changed since the version that was named.",
    413: "The body is too large.",
    414: "The path or the query is too long.",
    415: "The body is not JSON, or it is compressed.",
    422: "A field breaks a rule; `errors` names each.",
    428: "The version that was seen must be named in `If-Match`.",
    429: "A quota is used up; `Retry-After` says when there is another.",
    431: "The headers are too many or too long.",
    503: "The database does not answer; `Retry-After` says when to try again.",
}

_WAIT = frozenset({408, 429, 503})


def problem_responses() -> Json:
    """Return the responses that operations refer to, by name."""
    return {f"Problem{status}": _problem_response(status, text) for status, text in _ERRORS.items()}


def possible_errors(binding: Binding, schemas: Schemas) -> list[int]:
    """Return every status by which an operation may refuse a request."""
    row, message = binding.row, binding.row.message
    rules = {
        400: True,
        401: message.access is not PUBLIC or row.method == "POST",
        403: not isinstance(message.access, OpenTo) or row.session is not None or _changes_something(row),
        404: bool(binding.path) or not isinstance(message.access, OpenTo) or _names_something(binding, schemas),
        408: bool(binding.body),
        409: row.method != "GET",
        412: row.if_match is not None,
        413: bool(binding.body),
        414: True,
        415: bool(binding.body),
        422: True,
        428: row.if_match == "required",
        429: row.limited_by is not None or message.access is not PUBLIC,
        431: True,
        503: True,
    }
    return [status for status, possible in rules.items() if possible]


def _changes_something(row: Row) -> bool:
    """Tell whether a page of somebody else could make a browser do harm with it, so that it may be refused."""
    return row.method != "GET" and row.message.access is not PUBLIC


def _names_something(binding: Binding, schemas: Schemas) -> bool:
    """Tell whether the request can name what is not there: a body often does, a query by ids."""
    fields = [str(schemas.field(binding.row.message, name)) for name in binding.query]
    return bool(binding.body) or any("'format': 'uuid'" in field for field in fields)


def _problem_response(status: int, text: str) -> Json:
    response: Json = {
        "description": text,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _WAIT:
        response["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return response


PROBLEM: Json = {
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
"""The schema of all problems."""
