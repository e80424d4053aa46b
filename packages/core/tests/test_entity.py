"""Entities and aggregates: identity, recorded events, and the version that counts them."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

import pytest

from colonnade.core import AggregateRoot, DomainEvent, Entity, UserId, new_id
from colonnade.core.errors import StaleVersion


class LampLit(DomainEvent, type="lamps.lamp_lit"):
    """A lamp was lit."""

    lamp_id: UUID


@dataclass(eq=False, kw_only=True)
class Lamp(AggregateRoot[UserId]):
    """Something that can be lit."""

    stream_kind: ClassVar[str] = "lamp"

    lit: bool = False

    def light(self) -> None:
        """Light it."""
        self.lit = True
        self.record(LampLit(lamp_id=self.id))


@dataclass(eq=False, kw_only=True)
class Bulb(Entity[UserId]):
    """A part of a lamp."""

    watts: int = 40


def test_entities_with_the_same_identity_are_the_same_thing() -> None:
    """Whatever else is known of them may differ."""
    bulb_id = new_id(UserId)

    assert Bulb(id=bulb_id, watts=40) == Bulb(id=bulb_id, watts=60)
    assert len({Bulb(id=bulb_id, watts=40), Bulb(id=bulb_id, watts=60)}) == 1


def test_entities_with_different_identities_are_different_things() -> None:
    """However alike they are."""
    assert Bulb(id=new_id(UserId)) != Bulb(id=new_id(UserId))


def test_entities_of_different_kinds_are_different_things() -> None:
    """Even under one identifier."""
    shared = new_id(UserId)

    assert Bulb(id=shared) != Lamp(id=shared)
    assert Bulb(id=shared) != shared


def test_the_version_counts_the_events() -> None:
    """It starts at nought, and goes up by one with each event."""
    lamp = Lamp(id=new_id(UserId))
    versions = [lamp.version]
    for _ in range(3):
        lamp.light()
        versions.append(lamp.version)

    assert versions == [0, 1, 2, 3]
    assert len(lamp.recorded_events) == 3


def test_released_events_are_forgotten_and_stay_counted() -> None:
    """The unit of work takes them once; the version goes on from there."""
    lamp = Lamp(id=new_id(UserId), version=7)
    lamp.light()

    assert lamp.release_events() == (LampLit(lamp_id=lamp.id),)
    assert lamp.release_events() == lamp.recorded_events == ()
    assert lamp.version == 8


def test_recorded_events_cannot_be_changed_from_outside() -> None:
    """What is handed out is a copy that does not change."""
    lamp = Lamp(id=new_id(UserId))
    before = lamp.recorded_events
    lamp.light()

    assert before == ()


def test_two_aggregates_record_apart() -> None:
    """Nothing is shared between objects."""
    one, other = Lamp(id=new_id(UserId)), Lamp(id=new_id(UserId))
    one.light()

    assert other.recorded_events == ()


def test_a_stream_is_named_by_kind_and_identity() -> None:
    """So that every aggregate has its own."""
    lamp = Lamp(id=new_id(UserId))

    assert lamp.stream == f"lamp-{lamp.id}"


@pytest.mark.parametrize("expected", [None, 3])
def test_the_version_that_the_caller_saw_is_let_through(expected: int | None) -> None:
    """A caller that names none is let through as well."""
    Lamp(id=new_id(UserId), version=3).require_version(expected)


@pytest.mark.parametrize("expected", [0, 2, 4])
def test_another_version_than_the_present_one_is_refused(expected: int) -> None:
    """The facts say which version was named and which one is there; repeating the request cannot help."""
    with pytest.raises(StaleVersion) as stale:
        Lamp(id=new_id(UserId), version=3).require_version(expected)

    assert stale.value.facts == {"expected": expected, "current": 3}
    assert not stale.value.retryable
