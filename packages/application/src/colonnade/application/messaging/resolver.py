"""Where a handler's dependencies come from: a port to the container of the composition root."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import Enum
from typing import Any, Protocol


class Lifetime(Enum):
    """How long a dependency lives."""

    APP = "app"
    REQUEST = "request"


class Subject(Protocol):
    """What a scope is opened for, by type: a message or an event, which may tell whose data it is about."""


class Scope(Protocol):
    """The dependencies of one message."""

    async def get(self, dependency: type[Any], /) -> Any:
        """Return the dependency, made once for this scope."""
        ...


class Resolver(Protocol):
    """Makes dependencies by type."""

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell how long a dependency lives, or none if nobody provides it."""
        ...

    async def get(self, dependency: type[Any], /) -> Any:
        """Return a dependency that lives as long as the application."""
        ...

    def scope(self, values: Mapping[Any, object], /) -> AbstractAsyncContextManager[Scope]:
        """Open the scope of one message.

        Args:
            values: What is known by type from the start: the subject and its context.
        """
        ...


class StaticResolver:
    """A resolver over ready-made objects, for tests and for services too small for a container."""

    def __init__(self, objects: Mapping[type[Any], object]) -> None:
        self._objects = objects

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell how long a dependency lives: all of them as long as the application."""
        return Lifetime.APP if dependency in self._objects else None

    async def get(self, dependency: type[Any], /) -> Any:
        """Return the object given for this type."""
        return self._objects[dependency]

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, object], /) -> AsyncIterator[Scope]:
        """Open a scope, which holds nothing of its own."""
        yield self
