"""The gate of event schemas: what a log may hold stays readable, and no schema changes under the same version.

For each event type and version there are two files, both written once and never changed: `<type>.v<version>.json`, an
event as it is stored, and `schemas/<type>.v<version>.json`, the shape of all such events. Beside them is a script
`write.py` that calls `write_missing` with a sample of each event.
"""
# ruff: noqa: S101 - suites assert

import json
from collections.abc import Callable, Iterable, Mapping
from difflib import unified_diff
from pathlib import Path

from colonnade.core import DomainEvent, EventTypes, Upcaster

Schema = dict[str, object]


def event_file(folder: Path, event_type: str, version: int) -> Path:
    """Return where a stored event is."""
    return folder / f"{event_type}.v{version}.json"


def schema_file(folder: Path, event_type: str, version: int) -> Path:
    """Return where the schema of such events is."""
    return event_file(folder / "schemas", event_type, version)


def wire_schema(kind: type[DomainEvent]) -> Schema:
    """Return what of an event's JSON schema is seen on the wire: properties, their types, which are required.

    Names of classes, titles, descriptions, defaults and bounds are no part of it, nor is the order of anything but
    the positions of a tuple.
    """
    whole = kind.model_json_schema(mode="serialization")
    return _reduced(whole, whole.get("$defs", {}))


def check_schema(kind: type[DomainEvent], folder: Path) -> None:
    """Fail if an event's schema is another than the one its version was given."""
    event_type, version = kind.event_type, kind.schema_version
    file = schema_file(folder, event_type, version)
    assert file.exists(), f"{event_type} v{version} has no golden schema: {_remedy(folder)}"
    then, now = file.read_text("utf-8"), _text(wire_schema(kind))
    changes = "\n".join(unified_diff(then.splitlines(), now.splitlines(), f"v{version}", kind.__name__, lineterm=""))
    assert then == now, (
        f"{event_type} v{version} has changed its schema, and logs hold events of the old one:\n{changes}\n"
        f"Declare version={version + 1} on {kind.__name__}, keep the golden files of v{version}, add an upcaster "
        f"from v{version} to v{version + 1} to the UPCASTERS of its context, then write the new files: "
        f"{_remedy(folder)}"
    )


def check_complete(kinds: Iterable[type[DomainEvent]], folder: Path) -> None:
    """Fail if a version of an event has no golden file, or a schema has no event beside it."""
    newest: dict[str, int] = {}
    for kind in kinds:
        newest[kind.event_type] = max(kind.schema_version, newest.get(kind.event_type, 0))
    for event_type, last in newest.items():
        for version in range(1, last + 1):
            for file in (event_file(folder, event_type, version), schema_file(folder, event_type, version)):
                remedy = _remedy(folder) if version == last else "it was there once, restore it"
                assert file.exists(), f"{event_type} v{version} has no golden {file.relative_to(folder)}: {remedy}"
    events, schemas = ({file.name for file in place.glob("*.json")} for place in (folder, folder / "schemas"))
    assert events == schemas, f"golden files come in pairs, these are alone: {sorted(events ^ schemas)}"


def check_readable(file: Path, kinds: Iterable[type[DomainEvent]], upcasters: Iterable[Upcaster]) -> DomainEvent:
    """Return the event of a golden file, read as a log is read, of whatever version; fail if that cannot be done."""
    event_type, _, version = file.stem.rpartition(".v")
    facts = json.loads(file.read_text("utf-8"))
    try:
        return EventTypes(kinds, upcasters=upcasters).load(event_type, int(version), facts)
    except Exception as error:
        raise AssertionError(
            f"a stored {event_type} v{version} cannot be read any more ({error}): keep a class for it, or add an "
            f"upcaster from v{version} to v{int(version) + 1} to the UPCASTERS of its context"
        ) from error


def write_missing(
    kinds: Iterable[type[DomainEvent]], sample: Callable[[type[DomainEvent]], DomainEvent], folder: Path
) -> list[Path]:
    """Write the golden files that are not there, and return them.

    Raises:
        FileExistsError: One is there and says something else; then nothing is written.
    """
    files: dict[Path, str] = {}
    for kind in kinds:
        event_type, version = kind.event_type, kind.schema_version
        files[event_file(folder, event_type, version)] = sample(kind).model_dump_json(indent=2) + "\n"
        files[schema_file(folder, event_type, version)] = _text(wire_schema(kind))
    missing = [file for file in files if not file.exists()]
    for file in files.keys() - set(missing):
        if file.read_text("utf-8") != files[file]:
            raise FileExistsError(f"{file.relative_to(folder)} would change: give the event another version instead")
    for file in missing:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(files[file])
    return missing


def _remedy(folder: Path) -> str:
    return f"python {folder / 'write.py'}"


def _text(schema: Schema) -> str:
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _reduced(schema: Mapping[str, object], definitions: Mapping[str, Mapping[str, object]]) -> Schema:
    """Keep the words of a JSON schema that say what is on the wire, with references replaced by what they mean."""

    def inner(part: Mapping[str, object]) -> Schema:
        return _reduced(part, definitions)

    if isinstance(reference := schema.get("$ref"), str):
        return inner(definitions[reference.rpartition("/")[2]])
    reduced: Schema = {word: schema[word] for word in ("type", "format", "const") if word in schema}
    for word, value in schema.items():
        match word, value:
            case "enum" | "required", list(values):
                reduced[word] = sorted(values, key=str)
            case "properties", dict(parts):
                reduced[word] = {name: inner(part) for name, part in parts.items()}
            case "patternProperties", dict(parts):
                (reduced["additionalProperties"],) = map(inner, parts.values())
            case "items" | "additionalProperties", dict(part):
                reduced[word] = inner(part)
            case "prefixItems", list(parts):
                reduced[word] = [inner(part) for part in parts]
            case "anyOf" | "oneOf" | "allOf", list(parts):
                reduced[word] = sorted(map(inner, parts), key=_text)
    return reduced
