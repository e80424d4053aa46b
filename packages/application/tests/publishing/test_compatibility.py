"""What breaks a reader and what does not, one change at a time."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from colonnade.application.publishing import Break, breaking_changes

Json = dict[str, Any]
TEXT, NUMBER, WHOLE, NULL = {"type": "string"}, {"type": "number"}, {"type": "integer"}, {"type": "null"}
UUID = {"type": "string", "format": "uuid"}


def either(*options: Json) -> Json:
    return {"anyOf": list(options)}


def one_of(*values: object) -> Json:
    return {"type": "string", "enum": list(values)}


def things(items: Json, **more: object) -> Json:
    return {"type": "array", "items": items, **more}


def record(required: list[str] | None = None, **properties: Any) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties) if required is None else required}


def breaks(old: Json, new: Json) -> list[Break]:
    return breaking_changes({"books.lent.v1": old}, {"books.lent.v1": new})


BREAKING = {
    "another type": (TEXT, WHOLE, "was string and may be integer now"),
    "a wider number": (WHOLE, NUMBER, "was integer and may be number now"),
    "null": (TEXT, either(TEXT, NULL), "was string and may be null now"),
    "null in a list of types": (TEXT, {"type": ["string", "null"]}, "was string and may be null now"),
    "anything": (TEXT, {}, "was string and may be anything now"),
    "another format": (UUID, {"type": "string", "format": "email"}, "format was uuid and is email"),
    "no format": (UUID, TEXT, "format was uuid and is any"),
    "another pattern": ({**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"}, "pattern was a and is b"),
    "longer text": ({**TEXT, "maxLength": 5}, {**TEXT, "maxLength": 6}, "maxLength was 5 and is 6"),
    "endless text": ({**TEXT, "maxLength": 5}, TEXT, "maxLength was 5 and is any"),
    "shorter text": ({**TEXT, "minLength": 5}, {**TEXT, "minLength": 4}, "minLength was 5 and is 4"),
    "a larger number": ({**WHOLE, "maximum": 5}, {**WHOLE, "maximum": 6}, "maximum was 5 and is 6"),
    "a smaller number": ({**WHOLE, "minimum": 0}, WHOLE, "minimum was 0 and is any"),
    "a further member": (one_of("a", "b"), one_of("a", "b", "c"), "may be 'c' now, which no reader knows"),
    "no members": (one_of("a"), TEXT, "was one of ['a'] and may be anything now"),
    "another constant": ({"const": "a"}, {"const": "b"}, "may be 'b' now, which no reader knows"),
    "other items": (things(TEXT), things(WHOLE), "was string and may be integer now"),
    "any items": (things(TEXT), {"type": "array"}, "was string and may be anything now"),
    "more items": (things(TEXT, maxItems=1), things(TEXT), "maxItems was 1 and is any"),
    "doubled items": (things(TEXT, uniqueItems=True), things(TEXT), "uniqueItems was True and is any"),
    "other places": (
        {"type": "array", "prefixItems": [TEXT]},
        {"type": "array", "prefixItems": [TEXT, TEXT]},
        "had 1 places of their own and has 2",
    ),
    "another place": (
        {"type": "array", "prefixItems": [TEXT]},
        {"type": "array", "prefixItems": [WHOLE]},
        "was string and may be integer now",
    ),
    "a further alternative": (
        either(TEXT, NULL),
        either(TEXT, NULL, WHOLE),
        "was string or null and may be integer now",
    ),
    "other values": (
        {"type": "object", "additionalProperties": TEXT},
        {"type": "object", "additionalProperties": WHOLE},
        "was string and may be integer now",
    ),
    "what cannot be judged": (TEXT, {**TEXT, "not": {"const": "a"}}, "not has changed, which cannot be judged"),
}


@pytest.mark.parametrize(("old", "new", "change"), BREAKING.values(), ids=BREAKING)
def test_a_field_that_may_hold_more_than_before_breaks_readers(old: Json, new: Json, change: str) -> None:
    """Its path is named, however deep it lies."""
    [found] = breaks(record(field=record(inner=old)), record(field=record(inner=new)))
    assert found.event == "books.lent.v1"
    assert found.path.startswith("field.inner")
    assert found.change == change
    assert str(found) == f"books.lent.v1 {found.path}: {change}"


HARMLESS = {
    "the same": (UUID, UUID),
    "no null any more": (either(TEXT, NULL), TEXT),
    "fewer alternatives": (either(TEXT, WHOLE, NULL), either(WHOLE, NULL)),
    "other order": (either(TEXT, NULL), either(NULL, TEXT)),
    "another way to say it": (either(TEXT, NULL), {"type": ["null", "string"]}),
    "fewer members": (one_of("a", "b"), one_of("b")),
    "members at last": (TEXT, one_of("a")),
    "a constant": (one_of("a", "b"), {"const": "a"}),
    "a format": (TEXT, UUID),
    "shorter text": ({**TEXT, "maxLength": 5}, {**TEXT, "maxLength": 4}),
    "a limit": (TEXT, {**TEXT, "maxLength": 5}),
    "whole numbers": (NUMBER, WHOLE),
    "narrower items": (things(NUMBER), things(WHOLE, minItems=1)),
    "anything before": ({}, TEXT),
    "words for people": ({**TEXT, "title": "A", "examples": ["x"]}, {**TEXT, "description": "B", "deprecated": True}),
}


@pytest.mark.parametrize(("old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_a_field_that_holds_no_more_than_before_breaks_nobody(old: Json, new: Json) -> None:
    """Readers were ready for it already."""
    assert breaks(record(field=old), record(field=new)) == []


def test_a_field_that_is_gone_breaks_readers() -> None:
    assert breaks(record(a=TEXT, b=record(c=TEXT)), record(b=record())) == [
        Break("books.lent.v1", "a", "was removed"),
        Break("books.lent.v1", "b.c", "was removed"),
    ]


def test_a_field_that_may_be_missing_now_breaks_readers() -> None:
    assert breaks(record(a=TEXT), record([], a=TEXT)) == [
        Break("books.lent.v1", "a", "was always there and may be missing now")
    ]


def test_further_fields_and_events_break_nobody() -> None:
    """Readers leave aside what they do not know."""
    assert breaks(record(a=TEXT), record(a=TEXT, b=TEXT)) == []
    assert breaks(record([], a=TEXT), record(["a"], a=TEXT)) == []
    assert breaking_changes({}, {"books.returned.v1": record()}) == []


def test_further_fields_break_those_who_were_told_that_there_are_none() -> None:
    """A released schema that is closed stays closed."""
    closed = {**record(a=TEXT), "additionalProperties": False}
    [found] = breaks(closed, {**record(a=TEXT, b=TEXT), "additionalProperties": False})
    assert (found.path, found.change) == ("b", "is new, and the released schema allows no further fields")
    assert breaks(closed, record(a=TEXT))
    assert breaks(closed, closed) == []


def test_an_event_that_is_gone_breaks_readers() -> None:
    """A new version does not replace the old one."""
    found = breaking_changes({"books.lent.v1": record()}, {"books.lent.v2": record()})
    assert found == [Break("books.lent.v1", "", "is no longer published: readers wait for it")]


def test_references_are_followed_on_both_sides() -> None:
    """A definition may be renamed, and what it says is compared."""
    old = {**record(a={"$ref": "#/$defs/Place"}), "$defs": {"Place": record(shelf=WHOLE)}}
    renamed = {**record(a={"$ref": "#/$defs/Spot"}), "$defs": {"Spot": record(shelf=WHOLE, row=WHOLE)}}
    changed = {**record(a={"$ref": "#/$defs/Spot"}), "$defs": {"Spot": record(shelf=TEXT)}}
    assert breaks(old, renamed) == []
    assert breaks(old, record(a=record(shelf=WHOLE))) == []
    assert [(found.path, found.change) for found in breaks(old, changed)] == [
        ("a.shelf", "was integer and may be string now")
    ]


def test_what_contains_itself_is_compared_to_an_end() -> None:
    """Trees have none."""
    tree = {"$ref": "#/$defs/Tree", "$defs": {"Tree": record(leaf=TEXT, branches=things({"$ref": "#/$defs/Tree"}))}}
    other = {"$ref": "#/$defs/Tree", "$defs": {"Tree": record(leaf=WHOLE, branches=things({"$ref": "#/$defs/Tree"}))}}
    assert breaks(tree, tree) == []
    assert [found.path for found in breaks(tree, other)] == ["leaf", "branches[].leaf"]


scalars = st.sampled_from(
    [
        TEXT,
        WHOLE,
        NUMBER,
        NULL,
        {"type": "boolean"},
        one_of("a", "b"),
        one_of("a"),
        {**TEXT, "maxLength": 1},
        {**WHOLE, "minimum": 0},
        {**WHOLE, "minimum": 0, "maximum": 3},
        {"const": "a"},
        {},
    ]
)
schemas = st.recursive(
    scalars,
    lambda inner: (
        st.builds(things, inner)
        | st.lists(inner, min_size=1, max_size=3).map(lambda options: either(*options))
        | st.builds(
            lambda fields, optional: record([name for name in fields if name not in optional], **fields),
            st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
            st.sets(st.sampled_from("xyz")),
        )
    ),
    max_leaves=5,
)
documents = st.recursive(
    st.sampled_from(["a", "b", "long", 0, -1, 3, 4, 1.5, None, True]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=4,
)


@given(schemas, schemas, documents)
def test_whatever_the_gate_lets_through_is_read(old: Json, new: Json, document: object) -> None:
    """A document that the new schema allows is one that the released schema allows."""
    if not breaks(old, new) and Draft202012Validator(new).is_valid(document):
        assert Draft202012Validator(old).is_valid(document)


@given(schemas)
def test_no_schema_breaks_itself(schema: Json) -> None:
    """Releasing again changes nothing."""
    assert breaks(schema, schema) == []
