"""What travels in the path, the query and the headers of a request."""

from typing import Any

from colonnade.api.contract import Binding, Row
from colonnade.api.contract.sessions import COOKIE
from colonnade.api.openapi.schemas import Schemas

Json = dict[str, Any]  # JSON of any shape

_ANY: Json = {"type": "string"}
_TAG: Json = {"type": "string", "anyOf": [{"const": "*"}, {"pattern": '^(W/)?"[^"]*"$'}], "examples": ['"3"']}
_KEY: Json = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]*[!#-~][ -~]*$"}


def parameters_of(binding: Binding, schemas: Schemas) -> list[Json]:
    """Return the parameters of an operation."""
    message = binding.row.message
    path = [_parameter(name, "path", schemas.field(message, name), required=True) for name in binding.path]
    query = [
        _parameter(name, "query", _without_null(schemas.field(message, name)), required=_is_required(binding, name))
        for name in binding.query
    ]
    return [*path, *query, *_headers(binding.row)]


def _headers(row: Row) -> list[Json]:
    headers = []
    if row.if_match:
        headers.append(_header("If-Match", "The ETag that you last saw.", _TAG, required=row.if_match == "required"))
    if row.etag and row.method == "GET":
        headers.append(_header("If-None-Match", "The ETag that you have: answers 304 if it is still that.", _ANY))
    if row.idempotency:
        text = "Repeating a request with the same key gives the first answer again."
        headers.append(_header("Idempotency-Key", text, _KEY, required=row.idempotency == "required"))
    if row.session in {"opens", "refreshes"}:
        text = f"`cookie` puts the tokens into the cookie `{COOKIE}` instead of the answer, for browsers."
        headers.append(_header("Colonnade-Session", text, _ANY))
    return headers


def _header(name: str, text: str, schema: Json, *, required: bool = False) -> Json:
    return {**_parameter(name, "header", schema, required=required), "description": text}


def _parameter(name: str, place: str, schema: Json, *, required: bool) -> Json:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _is_required(binding: Binding, name: str) -> bool:
    return binding.row.message.model_fields[name].is_required()


def _without_null(schema: Json) -> Json:
    """Return the schema of a field without null, for which a query has no word: it leaves the field out."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    rest = {name: part for name, part in schema.items() if (name, part) != ("default", None)}
    if len(kinds) == 1:
        del rest["anyOf"]
        return {**kinds[0], **rest}
    return rest
