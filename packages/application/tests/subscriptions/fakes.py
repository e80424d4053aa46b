"""What the tests of subscriptions share: two events, and a scope that gives what it was told to."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from colonnade.application.messaging import Lifetime, Scope
from colonnade.core import DomainEvent


class LampLit(DomainEvent, type="lamps.lamp_lit"):
    """A lamp was lit."""

    room: str


class LampOut(DomainEvent, type="lamps.lamp_out"):
    """A lamp went out."""

    room: str


class Shelf(Protocol):
    """Something that a reaction needs."""


class Missing(Protocol):
    """Something that nobody provides."""


class GivingScope:
    """A scope that gives what it was told to."""

    def __init__(self, objects: Mapping[Any, object]) -> None:
        self.objects = objects

    async def get(self, dependency: type[Any], /) -> Any:
        """Return the object."""
        return self.objects[dependency]


class GivingResolver:
    """A resolver of what lives as long as a scope."""

    def __init__(self, objects: Mapping[Any, object]) -> None:
        self.objects = objects

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell whether it can be given."""
        return Lifetime.REQUEST if dependency in self.objects else None

    async def get(self, dependency: type[Any], /) -> Any:
        """Return the object."""
        return self.objects[dependency]

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, object], /) -> AsyncIterator[Scope]:
        """Open a scope."""
        yield GivingScope({**self.objects, **values})
