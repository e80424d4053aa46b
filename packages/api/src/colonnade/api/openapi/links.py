"""From an answer to what can be done next with what it made."""

from typing import Any

from colonnade.api.contract import Contract, Row
from colonnade.api.contract.table import fields_of_path

Json = dict[str, Any]  # JSON of any shape


def links_of(row: Row, contract: Contract) -> Json:
    """Return a link to each operation at the address of what a row makes, by the operation's name."""
    if row.location is None:
        return {}
    fields = fields_of_path(row.location)
    return {
        other.message.wire_name: {
            "operationId": other.message.wire_name,
            "parameters": {
                name: f"$response.body#/{field}" for name, field in zip(other.path_fields, fields, strict=True)
            },
        }
        for other in contract
        if _shape(other.path) == _shape(row.location)
    }


def _shape(path: str) -> list[str]:
    return ["{}" if part.startswith("{") else part for part in path.split("/")]
