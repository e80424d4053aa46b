"""What requests name: placeholders in the document, and in a request what is there at the moment."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

Json = Any  # JSON of any shape

IDS = (
    "workspace_id",
    "project_id",
    "task_id",
    "user_id",
    "webhook_id",
    "delivery_id",
    "process_id",
    "job_id",
    "session_id",
    "token_id",
)
"""Fields that name things by id, as paths, queries and bodies call them."""

ALIASES = {
    "assignee_id": "user_id",
    "lead_id": "user_id",
    "heir_id": "user_id",
    "person": "user_id",
    "subject_project_id": "project_id",
    "subject_task_id": "task_id",
    "before": "task_id",
    "after": "task_id",
    "current": "password",
    "new": "password",
}
"""Fields that name by another name what a field above names, or what a placeholder stands for."""

PLACEHOLDERS: Mapping[str, str] = {
    **{name: str(uuid5(NAMESPACE_URL, name)) for name in IDS},
    "email": "somebody@placeholder.example",
    "password": "a placeholder for the password",
    "access_token": "a-placeholder-for-the-access-token",
    "refresh_token": "a placeholder for the refresh token",
    "device_code": "a placeholder for the device code",
    "user_code": "BCDF-GHJK",
}
"""What stands in the document for each: something that fits the schema of the field."""


def with_placeholders(document: Json) -> Json:
    """Return a document whose fields have placeholders for examples; its own would name nothing that is there."""
    if isinstance(document, list):
        return [with_placeholders(part) for part in document]
    if not isinstance(document, dict):
        return document
    made = {name: with_placeholders(part) for name, part in document.items() if name != "example"}
    if isinstance(made.get("properties"), dict):
        made["properties"] = {name: _exemplified(name, part) for name, part in made["properties"].items()}
    if made.get("in") in {"path", "query"}:
        made["schema"] = _exemplified(made["name"], made["schema"])
    return made


def with_values(part: Json, values: Mapping[str, str]) -> Json:
    """Return a part of a request with what its placeholders stand for."""
    if isinstance(part, Mapping):
        return {name: with_values(value, values) for name, value in part.items()}
    if isinstance(part, list):
        return [with_values(value, values) for value in part]
    return values.get(part, part) if isinstance(part, str) else part


def with_ids(part: Json, values: Mapping[str, str]) -> Json:
    """Return a body whose ids are of what is there, for requests that are meant to be good."""
    if isinstance(part, dict):
        return {name: _id_for(name, value, values) for name, value in part.items()}
    return [with_ids(value, values) for value in part] if isinstance(part, list) else part


def _id_for(name: str, value: Json, values: Mapping[str, str]) -> Json:
    placeholder = PLACEHOLDERS.get(ALIASES.get(name, name), "")
    if placeholder in values and isinstance(value, str) and _is_id(value):
        return values[placeholder]
    return with_ids(value, values)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _exemplified(name: str, schema: Json) -> Json:
    placeholder = PLACEHOLDERS.get(ALIASES.get(name, name))
    return schema if placeholder is None or not isinstance(schema, dict) else {**schema, "examples": [placeholder]}
