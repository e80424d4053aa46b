"""Examples that are valid by construction, made from the schemas."""

from typing import Any

Json = dict[str, Any]  # JSON of any shape

_FORMATS = {
    "uuid": "01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89",
    "date-time": "2026-11-22T09:30:00Z",
    "date": "2026-12-24",
    "email": "ada@example.com",
    "password": "correct horse battery staple",  # nosec B105 # an example
}
_SCALARS = {"integer": 1, "number": 1.0, "boolean": True, "null": None}
_MAX_DEPTH = 32


def example_of(schema: Json, components: Json, depth: int = 0) -> Any:
    """Return a value that fits a schema: its own examples and defaults where it has some."""
    if depth > _MAX_DEPTH:
        return None
    if "$ref" in schema and "default" not in schema:
        return example_of(components[schema["$ref"].rsplit("/", 1)[-1]], components, depth + 1)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("example", "const", "default"):
        if key in schema:
            return schema[key]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return example_of(schema[key][0], components, depth + 1)
    return _typed_example(schema, components, depth)


def _typed_example(schema: Json, components: Json, depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: example_of(part, components, depth + 1) for name, part in properties.items()}
    if kind == "array":
        return [example_of(schema["items"], components, depth + 1)] if "items" in schema else []
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), "text")
    return max(_SCALARS["integer"], schema["minimum"]) if "minimum" in schema else _SCALARS.get(str(kind))
