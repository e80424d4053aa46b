"""The schemas of messages and answers, each class once."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from colonnade.api.contract import Binding
from colonnade.application.messaging import Message

Json = dict[str, Any]  # JSON of any shape
_REFERENCE = "#/components/schemas/{model}"


class Schemas:
    """Generates all schemas together, so that names are unique and shared classes occur once."""

    def __init__(self, messages: Iterable[type[Message[Any]]]) -> None:
        kinds = list(messages)
        inputs = [(kind, "validation", TypeAdapter(kind)) for kind in kinds]
        outputs = [(("result", kind), "serialization", TypeAdapter(kind.result)) for kind in kinds]
        references, definitions = TypeAdapter.json_schemas(
            [*inputs, *outputs],  # type: ignore[list-item]  # the modes are literals
            ref_template=_REFERENCE,
            schema_generator=GenerateJsonSchema,
        )
        self._references = {key: schema for (key, _), schema in references.items()}
        self._definitions: Json = definitions.get("$defs", {})
        self._messages = {kind: self._take_out(kind) for kind in kinds}
        self._bodies: Json = {}

    def components(self) -> Json:
        """Return the schemas of all answers, bodies and shared classes, by name."""
        return {**self._definitions, **self._bodies}

    def field(self, message: type[Message[Any]], name: str) -> Json:
        """Return the schema of one field of a message."""
        schema: Json = self._messages[message]["properties"][name]
        return schema

    def result(self, message: type[Message[Any]]) -> Json:
        """Return the schema of a message's answer."""
        return dict(self._references["result", message])

    def body(self, binding: Binding) -> Json:
        """Return a reference to the schema of the fields that travel in the body."""
        message = binding.row.message
        whole = self._messages[message]
        schema: Json = {
            "type": "object",
            "title": message.__name__,
            "description": (message.__doc__ or "").strip(),
            "properties": {name: whole["properties"][name] for name in binding.body},
            "additionalProperties": False,
        }
        required = [name for name in whole.get("required", ()) if name in binding.body]
        if required:
            schema["required"] = required
        self._bodies[message.__name__] = schema
        return {"$ref": _REFERENCE.format(model=message.__name__)}

    def _take_out(self, kind: type[Message[Any]]) -> Json:
        """Return a message's own schema, which is documented by where its fields travel instead of whole."""
        schema: Json = dict(self._references[kind])
        if "$ref" in schema:
            schema = self._definitions.pop(schema["$ref"].rsplit("/", 1)[-1])
        return schema
