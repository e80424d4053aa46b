"""Where each field of a message travels: in the path, the query, a header or the body."""

from dataclasses import dataclass
from typing import Any

from colonnade.api.contract.table import Row
from colonnade.application.messaging import Message

VERSION_FIELD = "expected_version"


@dataclass(frozen=True, slots=True)
class Binding:
    """The fields of a row's message by where they travel; the same for server, client and documentation.

    Attributes:
        row: The row.
        path: Fields in the path.
        query: Fields in the query, of messages without a body.
        body: Fields in the JSON body.
        versioned: Whether the version travels in `If-Match`.
        needs_body: Whether some field of the body has no default.
        paged: Whether the answer is a page with a cursor.
    """

    row: Row
    path: tuple[str, ...]
    query: tuple[str, ...]
    body: tuple[str, ...]
    versioned: bool
    needs_body: bool
    paged: bool

    @classmethod
    def of(cls, row: Row) -> "Binding":
        """Work out where a row's fields travel."""
        message: type[Message[Any]] = row.message
        rest = tuple(name for name in message.model_fields if name not in {*row.path_fields, VERSION_FIELD})
        has_body = row.method in {"POST", "PUT", "PATCH"}
        result_fields = getattr(message.result, "model_fields", {})
        return cls(
            row=row,
            path=row.path_fields,
            query=() if has_body else rest,
            body=rest if has_body else (),
            versioned=row.if_match is not None,
            needs_body=has_body and any(message.model_fields[name].is_required() for name in rest),
            paged={"items", "next"} <= set(result_fields) and "cursor" in rest,
        )
