"""Event-sourced aggregates: the state is what the events have made of it, whenever and in whatever portions."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import ClassVar, NewType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import AggregateRoot, Conflict, DomainEvent, EventTypes, new_id
from colonnade.core.event_sourcing import EventSourced, applies

JarId = NewType("JarId", UUID)


class JarFilled(DomainEvent, type="jars.jar_filled"):
    """Sweets were put in."""

    sweets: int


class SweetEaten(DomainEvent, type="jars.sweet_eaten"):
    """Somebody ate one."""

    by: str


class JarBroken(DomainEvent, type="jars.jar_broken"):
    """It fell down."""


class NotEnough(Conflict):
    """The jar is empty."""

    code = "jars.not_enough"


@dataclass(eq=False, kw_only=True)
class Jar(EventSourced[JarId]):
    """A jar of sweets."""

    stream_kind: ClassVar[str] = "jar"

    sweets: int = 0
    eaters: tuple[str, ...] = ()

    def fill(self, sweets: int) -> None:
        """Put sweets in."""
        self.record(JarFilled(sweets=sweets))

    def eat(self, by: str) -> None:
        """Eat one."""
        if not self.sweets:
            raise NotEnough("the jar is empty")
        self.record(SweetEaten(by=by))

    @applies(JarFilled)
    def _filled(self, event: JarFilled) -> None:
        self.sweets += event.sweets

    @applies(SweetEaten)
    def _eaten(self, event: SweetEaten) -> None:
        self.sweets -= 1
        self.eaters = (*self.eaters, event.by)


def state_of(jar: Jar) -> dict[str, object]:
    """Return everything but what is recorded and not persisted yet."""
    return {field.name: getattr(jar, field.name) for field in fields(jar) if field.name != "_recorded"}


def ate(name: str) -> Callable[[Jar], None]:
    """Return what somebody does to a jar, if there is something in it."""
    return lambda jar: jar.eat(name) if jar.sweets else None


HISTORIES = st.lists(
    st.one_of(
        st.integers(1, 3).map(lambda sweets: lambda jar: jar.fill(sweets)),
        st.sampled_from(["ada", "charles"]).map(ate),
    ),
    max_size=20,
)


def test_an_event_changes_the_state_and_is_noted() -> None:
    """Both at once: the next rule is checked against what is true now."""
    jar = Jar.blank(new_id(JarId))
    jar.fill(2)
    jar.eat("ada")

    assert (jar.sweets, jar.eaters, jar.version) == (1, ("ada",), 2)
    assert jar.recorded_events == (JarFilled(sweets=2), SweetEaten(by="ada"))
    assert isinstance(jar, AggregateRoot)


def test_a_refusal_changes_nothing() -> None:
    """The rule is checked before there is an event."""
    jar = Jar.blank(new_id(JarId))

    with pytest.raises(NotEnough):
        jar.eat("ada")

    assert (jar.version, jar.recorded_events, jar.eaters) == (0, (), ())


@given(HISTORIES)
def test_a_prefix_of_the_events_gives_the_state_of_that_time(history: list[Callable[[Jar], None]]) -> None:
    """Whatever happened, and however far back."""
    jar = Jar.blank(new_id(JarId))
    states = [state_of(jar)]
    for act in history:
        act(jar)
        states += [state_of(jar)] * (jar.version - len(states) + 1)

    for version, state in enumerate(states):
        replayed = Jar.replayed(jar.id, jar.recorded_events[:version])
        assert state_of(replayed) == state
        assert replayed.recorded_events == ()


@given(HISTORIES, st.data())
def test_going_on_from_any_state_gives_what_replaying_everything_gives(
    history: list[Callable[[Jar], None]], data: st.DataObject
) -> None:
    """So a snapshot may be taken at any time."""
    jar = Jar.blank(new_id(JarId))
    for act in history:
        act(jar)
    cut = data.draw(st.integers(0, jar.version))

    resumed = Jar.replayed(jar.id, jar.recorded_events[:cut])
    resumed = Jar(id=jar.id, version=cut, sweets=resumed.sweets, eaters=resumed.eaters)
    resumed.replay(jar.recorded_events[cut:])

    assert state_of(resumed) == state_of(Jar.replayed(jar.id, jar.recorded_events)) == state_of(jar)


def test_an_event_without_a_method_is_a_mistake() -> None:
    """It is neither noted nor passed over."""
    jar = Jar.blank(new_id(JarId))

    with pytest.raises(TypeError, match=r"Jar does not apply JarBroken: .*@applies\(JarBroken\)"):
        jar.record(JarBroken())
    with pytest.raises(TypeError, match="does not apply"):
        Jar.replayed(jar.id, [JarBroken()])

    assert (jar.version, jar.recorded_events) == (0, ())


def test_a_special_kind_applies_what_its_parent_does_and_more() -> None:
    """And may say anew what an event of the parent means."""

    @dataclass(eq=False, kw_only=True)
    class BottomlessJar(Jar):
        broken: bool = False

        @applies(SweetEaten)
        def _eaten_again(self, event: SweetEaten) -> None:
            self.eaters = (*self.eaters, event.by)

        @applies(JarBroken)
        def _broken(self, event: JarBroken) -> None:
            self.broken = True

    jar = BottomlessJar.replayed(new_id(JarId), [JarFilled(sweets=1), SweetEaten(by="ada"), JarBroken()])

    assert (jar.sweets, jar.eaters, jar.broken) == (1, ("ada",), True)
    assert set(BottomlessJar.events()) == {JarFilled, SweetEaten, JarBroken}
    assert Jar.events() == (JarFilled, SweetEaten)


def test_two_methods_for_one_event_are_a_mistake() -> None:
    """Nobody could tell which of them counts."""
    with pytest.raises(TypeError, match="two methods that apply JarFilled"):

        @dataclass(eq=False, kw_only=True)
        class Confused(EventSourced[JarId]):
            stream_kind: ClassVar[str] = "confused"

            @applies(JarFilled)
            def _one(self, event: JarFilled) -> None: ...

            @applies(JarFilled)
            def _other(self, event: JarFilled) -> None: ...


def test_its_events_are_what_its_streams_are_read_with() -> None:
    """A service need not list them a second time."""
    assert EventTypes(Jar.events()).load("jars.jar_filled", 1, {"sweets": 3}) == JarFilled(sweets=3)
