"""One good request for each row of the contract, made from the document that the server publishes."""

from functools import cache
from typing import Any
from uuid import uuid4

from colonnade.api.contract import Row
from colonnade.api.work import CONTRACT
from colonnade.server.application import document

ROWS = tuple(CONTRACT)

_BODIES: dict[str, dict[str, Any]] = {
    "projects.create": {"key": "WEB", "name": "Website relaunch"},
    "tasks.rank": {"after": str(uuid4())},
    "tasks.import": {"tasks": [{"origin": {"source": "a:1"}, "title": "Old", "created_at": "2020-01-01T00:00:00Z"}]},
}
"""Bodies of messages with rules that no schema can tell."""

_NAMES = {"key": "WEB-1", "name": "reviewer", "message": "tasks.get", "user_code": "BCDF-GHJK"}
"""What paths name otherwise than by an identifier."""


def name_of(row: Row) -> str:
    """Return the name that a row has in the report of a test."""
    return row.message.wire_name


def path_of(row: Row, **known: str) -> str:
    """Return the path of a row, with the identifiers that are known and new ones that lead nowhere."""
    unknown = {name: str(uuid4()) for name in row.path_fields}
    return row.path.format(**{**unknown, **_NAMES, **known})


def body_of(row: Row) -> dict[str, Any] | None:
    """Return a body that the row's message accepts, or none if it has none."""
    if row.message.wire_name in _BODIES:
        return dict(_BODIES[row.message.wire_name])
    request = _operations()[row.message.wire_name].get("requestBody")
    if request is None:
        return None
    body: dict[str, Any] = dict(request["content"]["application/json"]["example"])
    if "email" in body and row.message.wire_name == "identity.register":
        body["email"] = f"{uuid4().hex}@example.com"
    if "assignee_id" in body:
        body["assignee_id"] = None
    return body


@cache
def _operations() -> dict[str, dict[str, Any]]:
    paths = document()["paths"].values()
    return {operation["operationId"]: operation for path in paths for operation in path.values()}
