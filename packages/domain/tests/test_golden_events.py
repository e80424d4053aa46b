"""Golden files: what a stored event looks like, for as long as there is one in anybody's log.

A file is added with each new event or version, and never changed: a changed shape is a new version with its own file.
"""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import colonnade.domain
from colonnade.core import DomainEvent, EventTypes
from colonnade.testing.golden import event_file

from .golden.product import contexts, events, sample, upcasters

GOLDEN = Path(__file__).parent / "golden"


def golden_file(kind: type[DomainEvent]) -> Path:
    """Return where an event's golden file is."""
    return event_file(GOLDEN, kind.event_type, kind.schema_version)


def defined_events() -> Iterator[type[DomainEvent]]:
    """Yield every event class that a module of the domain defines."""
    for module in pkgutil.walk_packages(colonnade.domain.__path__, "colonnade.domain."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, DomainEvent) and value is not DomainEvent:
                yield value


@pytest.mark.parametrize("kind", events())
def test_an_event_is_written_as_its_golden_file_says(kind: type[DomainEvent]) -> None:
    """Byte by byte; if this fails, give the class another version instead of changing the file."""
    written = sample(kind).model_dump_json(indent=2) + "\n"

    assert golden_file(kind).exists(), f"{kind.__name__} has no golden file; it would be:\n{written}"
    assert golden_file(kind).read_text("utf-8") == written


@pytest.mark.parametrize("kind", events())
def test_an_event_is_read_from_its_golden_file(kind: type[DomainEvent]) -> None:
    """What is in a log gives the equal event."""
    facts = json.loads(golden_file(kind).read_text("utf-8"))

    assert EventTypes(events(), upcasters()).load(kind.event_type, kind.schema_version, facts) == sample(kind)


def test_every_event_of_the_domain_is_listed_by_its_context() -> None:
    """What is not listed cannot be read back."""
    assert set(defined_events()) == set(events())


@pytest.mark.parametrize("context", contexts())
def test_the_events_of_a_context_bear_its_name(context: ModuleType) -> None:
    """The wire name says where an event comes from."""
    name = context.__name__.rpartition(".")[2]

    assert all(kind.event_type.startswith(f"{name}.") for kind in getattr(context, "EVENTS", ()))
