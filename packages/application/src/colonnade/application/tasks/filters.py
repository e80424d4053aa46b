"""What can be filtered by, and how people say it."""

from colonnade.application.filtering import (
    FilterLanguage,
    choice,
    collection,
    day,
    moment,
    ordered_choice,
    person,
    shorthand,
)
from colonnade.core import field
from colonnade.domain.tasks import Priority

_OPEN = field("completed_at") == None  # noqa: E711 - builds a condition
_DELETED = ~(field("deleted_at") == None)  # noqa: E711 - builds a condition

TASK_FILTERS = FilterLanguage(
    {
        "status": choice("status", (), {"open": _OPEN, "closed": ~_OPEN}),
        "is": shorthand("is", {"open": _OPEN, "closed": ~_OPEN, "done": ~_OPEN, "deleted": _DELETED}),
        "assignee": person("assignee_id"),
        "author": person("created_by"),
        "label": collection("labels"),
        "priority": ordered_choice("priority", {priority.value: priority for priority in Priority}),
        "due": day("due_on"),
        "created": moment("created_at"),
        "updated": moment("updated_at"),
        "completed": moment("completed_at"),
        "key": choice("key", ()),
    },
    text="search_text",
)
"""Reads filter texts such as `status:todo assignee:me due<7d label:bug "some words"`."""
