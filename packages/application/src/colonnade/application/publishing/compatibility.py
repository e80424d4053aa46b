"""The compatibility gate: what is published today must still fit the schemas that were released.

Readers hold the released schema, so every document that may be sent now has to be one that it allows: what is sent may
become narrower and may have further fields, and nothing else. Whatever cannot be judged counts as a break.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Schema = Mapping[str, Any]  # JSON of any shape
Pair = tuple[str, str]

_NOTES = {
    "title",
    "description",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "$schema",
    "$id",
    "$comment",
    "$defs",
}
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_EXACT = ("format", "pattern", "uniqueItems", "multipleOf", "contentEncoding", "contentMediaType", "propertyNames")
_NARROWER = {"number": "integer"}
_STRUCTURE = {"$ref", "type", "enum", "const", "anyOf", "oneOf", "properties", "required", "items", "prefixItems"}
_JUDGED = {*_NOTES, *_UPPER, *_LOWER, *_EXACT, *_STRUCTURE, "additionalProperties", "discriminator"}


class Break(NamedTuple):
    """Something that would break a reader.

    Attributes:
        event: The wire name.
        path: Where in its document, dotted; empty for the whole.
        change: What has changed, and what it means.
    """

    event: str
    path: str
    change: str

    def __str__(self) -> str:
        return f"{self.event}{f' {self.path}' if self.path else ''}: {self.change}"


def breaking_changes(released: Mapping[str, Schema], current: Mapping[str, Schema]) -> list[Break]:
    """Return what would break readers of the released events; none means that the current ones may be released.

    Args:
        released: The schemas of the last release by wire name.
        current: The schemas of today.
    """
    breaks = []
    for name, old in sorted(released.items()):
        if name not in current:
            breaks.append(Break(name, "", "is no longer published: readers wait for it"))
            continue
        comparison = _Comparison(old, current[name])
        breaks.extend(Break(name, path, change) for path, change in comparison.breaks(old, current[name], ""))
    return breaks


class _Comparison:
    """Compares two documents' schemas, each with its own definitions."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old, self._new = old, new
        self._open: set[Pair] = set()

    def breaks(self, old: Schema | bool, new: Schema | bool, path: str) -> Iterator[Pair]:
        """Yield where and how something that `new` allows is forbidden by `old`."""
        pair = (repr(old), repr(new))
        if pair in self._open:
            return
        self._open.add(pair)
        try:
            yield from self._compare(_alternatives(old, self._old), _alternatives(new, self._new), path)
        finally:
            self._open.discard(pair)

    def _compare(self, olds: list[Schema], news: list[Schema], path: str) -> Iterator[Pair]:
        for new in news:
            attempts = [list(self._single(old, new, path)) for old in olds]
            if all(attempts):
                related = [found for old, found in zip(olds, attempts, strict=True) if _kind(old) == _kind(new)]
                yield from min(related or [[(path, _widened(olds, new))]], key=len)

    def _single(self, old: Schema, new: Schema, path: str) -> Iterator[Pair]:
        if not old.keys() - _NOTES:
            return
        yield from _values(old, new, path)
        if _kind(new) not in {_kind(old), _NARROWER.get(_kind(old))}:
            yield path, _widened([old], new)
            return
        yield from _limits(old, new, path)
        yield from self._members(old, new, path)
        yield from self._items(old, new, path)
        for keyword in sorted((old.keys() | new.keys()) - _JUDGED):
            if old.get(keyword) != new.get(keyword):
                yield path, f"{keyword} has changed, which cannot be judged"

    def _members(self, old: Schema, new: Schema, path: str) -> Iterator[Pair]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, schema in before.items():
            place = f"{path}.{name}" if path else name
            if name not in after:
                yield place, "was removed"
                continue
            if name in old.get("required", ()) and name not in new.get("required", ()):
                yield place, "was always there and may be missing now"
            yield from self.breaks(schema, after[name], place)
        others = old.get("additionalProperties", True)
        for name in sorted(after.keys() - before.keys()):
            yield from self.breaks(others, after[name], f"{path}.{name}" if path else name)
        if _kind(old) == "object" and others is not True:
            yield from self.breaks(others, new.get("additionalProperties", True), f"{path}.*" if path else "*")

    def _items(self, old: Schema, new: Schema, path: str) -> Iterator[Pair]:
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(before) != len(after):
            yield path, f"had {len(before)} places of their own and has {len(after)}"
            return
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from self.breaks(one, other, f"{path}[{place}]")
        if "items" in old:
            yield from self.breaks(old["items"], new.get("items", True), f"{path}[]")


def _alternatives(schema: Schema | bool, document: Schema) -> list[Schema]:
    """Return the schemas of which a value has to fit one, references followed."""
    if isinstance(schema, bool):
        return [{}] if schema else []
    if "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        beside = {key: value for key, value in schema.items() if key != "$ref" and key not in _NOTES}
        return _alternatives({**target, **beside}, document)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return [one for option in schema[keyword] for one in _alternatives(option, document)]
    if isinstance(schema.get("type"), list):
        return [{**schema, "type": kind} for kind in schema["type"]]
    return [schema]


def _kind(schema: Schema) -> str:
    """Return the JSON type that a schema is about; those of constants and enumerations too."""
    if "type" in schema:
        return str(schema["type"])
    for value in _allowed(schema) or ():
        names = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
        return names.get(type(value), "object")
    return "anything"


def _allowed(schema: Schema) -> list[object] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values(old: Schema, new: Schema, path: str) -> Iterator[Pair]:
    before, after = _allowed(old), _allowed(new)
    if before is None:
        return
    if after is None:
        yield path, f"was one of {before} and may be anything now"
        return
    added = [value for value in after if value not in before]
    if added:
        yield path, f"may be {', '.join(map(repr, added))} now, which no reader knows"


def _limits(old: Schema, new: Schema, path: str) -> Iterator[Pair]:
    for keyword in _EXACT:
        if keyword in old and old[keyword] != new.get(keyword):
            yield path, f"{keyword} was {old[keyword]} and is {new.get(keyword, 'any')}"
    for keywords, sign in ((_UPPER, 1), (_LOWER, -1)):
        for keyword in keywords:
            if keyword in old and (keyword not in new or sign * new[keyword] > sign * old[keyword]):
                yield path, f"{keyword} was {old[keyword]} and is {new.get(keyword, 'any')}"


def _widened(olds: list[Schema], new: Schema) -> str:
    if not olds:
        return "is new, and the released schema allows no further fields"
    return f"was {' or '.join(dict.fromkeys(map(_kind, olds)))} and may be {_kind(new)} now"
