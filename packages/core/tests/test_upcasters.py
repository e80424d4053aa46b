"""Upcasters: what was stored once is read as what is recorded now, through every version in between."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from colonnade.core import DomainEvent, EventTypes, Upcaster
from colonnade.core.events import Facts, UnknownEvent

WIRE_NAME = "lamps.lamp_dimmed"


class LampDimmed(DomainEvent, type=WIRE_NAME, version=3):
    """A lamp was dimmed, as it is recorded now."""

    percent: int
    room: str


class LampDimmedSecond(DomainEvent, type=WIRE_NAME, version=2):
    """A lamp was dimmed, as it was recorded for a while."""

    percent: int


def in_percent(facts: Facts) -> Facts:
    """Version 1 counted steps of a tenth."""
    return {"percent": int(str(facts["steps"])) * 10}


def with_room(facts: Facts) -> Facts:
    """Version 2 knew no rooms."""
    return {**facts, "room": "hall"}


TO_SECOND = Upcaster(WIRE_NAME, 1, in_percent)
TO_THIRD = Upcaster(WIRE_NAME, 2, with_room)


@pytest.mark.parametrize(
    ("version", "facts", "room"),
    [(1, {"steps": 4}, "hall"), (2, {"percent": 40}, "hall"), (3, {"percent": 40, "room": "attic"}, "attic")],
)
def test_facts_of_every_version_become_the_present_event(version: int, facts: dict[str, Any], room: str) -> None:
    """Whatever their age, step by step, in whatever order the upcasters were given."""
    for upcasters in ([TO_SECOND, TO_THIRD], [TO_THIRD, TO_SECOND]):
        types = EventTypes([LampDimmed], upcasters)
        assert types.load(WIRE_NAME, version, facts) == LampDimmed(percent=40, room=room)


def test_stored_facts_stay_as_they_are() -> None:
    """They are only read: what cannot be written to is lifted as well, twice with the same outcome."""
    types, stored = EventTypes([LampDimmed], [TO_SECOND, TO_THIRD]), MappingProxyType({"steps": 4})

    assert types.load(WIRE_NAME, 1, stored) == types.load(WIRE_NAME, 1, stored)
    assert dict(stored) == {"steps": 4}


def test_an_older_class_that_is_kept_is_as_far_as_facts_are_lifted() -> None:
    """Then a subscription gets what it was written for."""
    types = EventTypes([LampDimmed, LampDimmedSecond], [TO_SECOND])

    assert types.load(WIRE_NAME, 1, {"steps": 4}) == LampDimmedSecond(percent=40)
    assert types.load(WIRE_NAME, 3, {"percent": 1, "room": "hall"}) == LampDimmed(percent=1, room="hall")


def test_lifted_facts_must_be_those_of_the_class() -> None:
    """An upcaster that forgets something is noticed where the event is read."""
    types = EventTypes([LampDimmedSecond], [Upcaster(WIRE_NAME, 1, dict)])

    with pytest.raises(ValidationError, match="percent"):
        types.load(WIRE_NAME, 1, {"steps": 4})


@pytest.mark.parametrize("upcasters", [[], [TO_THIRD], [TO_SECOND]])
def test_a_version_that_nothing_reads_is_noticed_at_the_start(upcasters: list[Upcaster]) -> None:
    """Every version below the present one was stored once; the refusal says which one is missing."""
    missing = {2, 1} - {upcaster.version for upcaster in upcasters}

    with pytest.raises(TypeError, match=rf"v[{min(missing)}{max(missing)}] cannot be read: give an upcaster from v"):
        EventTypes([LampDimmed], upcasters)


@pytest.mark.parametrize(
    ("kinds", "upcasters"),
    [
        ([LampDimmed], [TO_SECOND, TO_SECOND, TO_THIRD]),
        ([LampDimmed, LampDimmedSecond], [TO_SECOND, TO_THIRD]),
        ([LampDimmed], [TO_SECOND, TO_THIRD, Upcaster(WIRE_NAME, 3, dict)]),
    ],
    ids=["given twice", "of a version with a class", "of the present version"],
)
def test_a_superfluous_upcaster_is_refused(kinds: list[type[DomainEvent]], upcasters: list[Upcaster]) -> None:
    """Of two ways to read the same facts, one is never gone."""
    with pytest.raises(TypeError, match=r"lamps\.lamp_dimmed v[123] is read already: drop its upcaster"):
        EventTypes(kinds, upcasters)


@pytest.mark.parametrize(
    "upcaster", [Upcaster(WIRE_NAME, 5, dict), Upcaster("lamps.lamp_sold", 1, dict)], ids=["a gap", "another event"]
)
def test_an_upcaster_that_leads_nowhere_is_refused(upcaster: Upcaster) -> None:
    """What it returns would be read by nothing."""
    with pytest.raises(TypeError, match=rf"{upcaster.event_type} v{upcaster.version} leads to"):
        EventTypes([LampDimmed], [TO_SECOND, TO_THIRD, upcaster])


def test_a_version_of_the_future_is_unknown_and_may_be_known_later() -> None:
    """A newer process reads it; this one says which version it lacks, and that waiting may help."""
    types = EventTypes([LampDimmed], [TO_SECOND, TO_THIRD])

    with pytest.raises(UnknownEvent) as unknown:
        types.load(WIRE_NAME, 4, {})
    assert unknown.value.facts == {"type": WIRE_NAME, "version": 4}
    assert unknown.value.retryable


@given(newest=st.integers(1, 12), stored=st.integers(1, 12), order=st.randoms(use_true_random=False))
def test_a_chain_of_any_length_applies_every_step_once_in_order(newest: int, stored: int, order: Any) -> None:
    """From the stored version to the present one, and none before or after."""

    class Grown(DomainEvent, type="lamps.grown", version=newest):
        """An event that has been through a lot."""

        steps: tuple[int, ...]

    def step(version: int) -> Upcaster:
        def lift(facts: Mapping[str, object]) -> Facts:
            steps = facts["steps"]
            assert isinstance(steps, tuple)
            return {"steps": (*steps, version)}

        return Upcaster("lamps.grown", version, lift)

    upcasters = [step(version) for version in range(1, newest)]
    order.shuffle(upcasters)
    types = EventTypes([Grown], upcasters)
    if stored > newest:
        with pytest.raises(UnknownEvent):
            types.load("lamps.grown", stored, {"steps": ()})
    else:
        assert types.load("lamps.grown", stored, {"steps": ()}) == Grown(steps=tuple(range(stored, newest)))
