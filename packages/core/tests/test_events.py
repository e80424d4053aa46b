"""Domain events: named, versioned, immutable, and read back by type."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from colonnade.core import ColonnadeError, DomainEvent, EventTypes, UserId, new_id
from colonnade.core.events import UnknownEvent


class LampLit(DomainEvent, type="lamps.lamp_lit", version=2):
    """A lamp was lit."""

    lamp_id: UUID
    by: UserId


class LampLitFirst(DomainEvent, type="lamps.lamp_lit"):
    """A lamp was lit, as it was recorded once."""

    lamp_id: UUID


def test_an_event_without_a_wire_name_cannot_be_defined() -> None:
    """The refusal shows how to write the class."""
    with pytest.raises(TypeError, match=r"class Nameless\(DomainEvent, type="):

        class Nameless(DomainEvent):
            """Forgotten."""


def test_an_event_has_a_wire_name_and_a_schema_version() -> None:
    """The version is 1 unless another is given."""
    assert (LampLit.event_type, LampLit.schema_version) == ("lamps.lamp_lit", 2)
    assert LampLitFirst.schema_version == 1


def test_what_is_wrong_with_stored_facts_is_said_without_them() -> None:
    """They are opened by then, and the error goes into logs and beside parked events."""
    types = EventTypes([LampLitFirst])
    with pytest.raises(ValidationError) as caught:
        types.load("lamps.lamp_lit", 1, {"lamp_id": "Ada Lovelace", "by": "ada@example.com"})
    assert "Ada" not in str(caught.value)
    assert "ada@" not in str(caught.value)


def test_an_event_never_changes() -> None:
    """What happened has happened."""
    lit = LampLitFirst(lamp_id=new_id(UserId))

    with pytest.raises(ValidationError, match="frozen"):
        lit.lamp_id = new_id(UserId)  # type: ignore[misc]  # that it is refused is what is tested


def test_an_event_refuses_facts_that_it_does_not_know() -> None:
    """Another shape is another version."""
    with pytest.raises(ValidationError, match="colour"):
        LampLitFirst.model_validate({"lamp_id": new_id(UserId), "colour": "red"})


def test_a_stored_event_is_loaded_by_type_and_version() -> None:
    """JSON facts give the equal event."""
    lit = LampLit(lamp_id=new_id(UserId), by=new_id(UserId))
    types = EventTypes([LampLit, LampLitFirst])

    assert types.load("lamps.lamp_lit", 2, lit.model_dump(mode="json")) == lit
    assert isinstance(types.load("lamps.lamp_lit", 1, {"lamp_id": str(lit.lamp_id)}), LampLitFirst)


@pytest.mark.parametrize(("name", "version"), [("lamps.lamp_broken", 1), ("lamps.lamp_lit", 3)])
def test_an_unknown_event_is_named(name: str, version: int) -> None:
    """Whoever operates the service learns which class is missing."""
    with pytest.raises(UnknownEvent, match=f"{name} v{version}") as unknown:
        EventTypes([LampLit, LampLitFirst]).load(name, version, {})

    assert unknown.value.facts == {"type": name, "version": version}
    assert isinstance(unknown.value, ColonnadeError)


def test_two_classes_cannot_share_a_name_and_a_version() -> None:
    """Otherwise the log would be ambiguous."""

    class Impostor(DomainEvent, type="lamps.lamp_lit", version=2):
        """Another shape under the same name."""

    with pytest.raises(TypeError, match=r"Impostor and LampLit are both lamps\.lamp_lit v2"):
        EventTypes([LampLit, Impostor])


def test_naming_a_class_twice_is_naming_it_once() -> None:
    """Contexts may overlap in what they read."""
    assert list(EventTypes([LampLit, LampLit, LampLitFirst])) == [LampLit, LampLitFirst]
