"""Small stand-ins for what a composition root gives the bus."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from colonnade.application import Caller, Command, Context, Message, Query
from colonnade.application.messaging import INTERNAL, PUBLIC, SIGNED_IN, Lifetime, Scope
from colonnade.application.messaging.behaviours import KeyInUse, KeyMismatch
from colonnade.core import DomainEvent, Forbidden, UserId, new_id


class Right(StrEnum):
    """The permissions of a service with two of them."""

    READ = "read"
    WRITE = "write"


class Greet(Query[str], name="tests.greet", requires=PUBLIC):
    """Ask for a greeting."""

    name: str


class Me(Query[str], name="tests.me", requires=SIGNED_IN):
    """Ask who one is."""


class Self(Query[str], name="tests.self", requires=SIGNED_IN, open_to_tokens=True):
    """Ask who one is, as a token may."""


class Destroy(Command[str], name="tests.destroy", requires=SIGNED_IN, step_up=True):
    """Something sensitive."""


class Rename(Command[str], name="tests.rename", requires=Right.WRITE):
    """Give something another name."""

    title: str


class Forget(Command[None], name="tests.forget", requires=PUBLIC):
    """Change something and answer with nothing."""


class Sweep(Command[int], name="tests.sweep", requires=INTERNAL):
    """Something that only the service itself does."""


ADA = Caller(new_id(UserId))
BEN = Caller(new_id(UserId))


class MovingClock:
    """A clock that the test moves."""

    def __init__(self, start: datetime) -> None:
        self.time = start

    def now(self) -> datetime:
        """Return the moment that the test has set."""
        return self.time

    def advance(self, **by: float) -> None:
        """Move on."""
        self.time += timedelta(**by)


class Ledger:
    """A unit of work that writes down what is asked of it, in a book that others write in as well."""

    def __init__(self, book: list[str]) -> None:
        self.book = book
        self.conflicts: list[Exception] = []
        self.events: list[DomainEvent] = []

    def recorded_events(self) -> Sequence[DomainEvent]:
        """Return what the test says has happened."""
        return self.events

    async def commit(self) -> None:
        """Note a commit, or raise the next conflict."""
        self.book.append("commit")
        if self.conflicts:
            raise self.conflicts.pop(0)

    async def rollback(self) -> None:
        """Note a rollback."""
        self.book.append("rollback")


class ScopedResolver:
    """A resolver with objects of the application and factories of what lives as long as a message."""

    def __init__(self, objects: Mapping[Any, object], factories: Mapping[Any, Callable[[], object]]) -> None:
        self.objects = objects
        self.factories = factories
        self.opened: list[Mapping[Any, object]] = []

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell where the dependency comes from."""
        if dependency in self.factories:
            return Lifetime.REQUEST
        return Lifetime.APP if dependency in self.objects else None

    async def get(self, dependency: type[Any], /) -> Any:
        """Return an object of the application."""
        return self.objects[dependency]

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, object], /) -> AsyncIterator[Scope]:
        """Open a scope and note what it knows."""
        self.opened.append(values)
        yield MemoryScope(self, values)


class MemoryScope:
    """What one message has made so far."""

    def __init__(self, resolver: ScopedResolver, values: Mapping[Any, object]) -> None:
        self._resolver = resolver
        self._made: dict[Any, object] = dict(values)

    async def get(self, dependency: type[Any], /) -> Any:
        """Return the object, made once."""
        if dependency in self._resolver.objects:
            return self._resolver.objects[dependency]
        if dependency not in self._made:
            self._made[dependency] = self._resolver.factories[dependency]()
        return self._made[dependency]


class MemoryIdempotency:
    """Keys in a dictionary: both the store that claims them and the receipts that keep the answers."""

    def __init__(self) -> None:
        self.commands: dict[tuple[Caller | None, str | None], bytes] = {}
        self.answers: dict[tuple[Caller | None, str | None], bytes] = {}

    async def claim(self, context: Context, command: bytes) -> bytes | None:
        """Take the key, or return the answer that was given before."""
        key = context.caller, context.idempotency_key
        if key not in self.commands:
            self.commands[key] = command
            return None
        if self.commands[key] != command:
            raise KeyMismatch("the key was used for another command")
        if key not in self.answers:
            raise KeyInUse("the first command with this key still runs")
        return self.answers[key]

    async def release(self, context: Context) -> None:
        """Give the key free."""
        del self.commands[context.caller, context.idempotency_key]

    async def keep(self, context: Context, answer: bytes) -> None:
        """Remember the answer."""
        self.answers[context.caller, context.idempotency_key] = answer


class Allowing:
    """A policy that allows each caller a set of permissions, and writes down what it was asked."""

    def __init__(self, allowed: Mapping[Caller, frozenset[Right]]) -> None:
        self._allowed = allowed
        self.asked: list[tuple[StrEnum, str, Caller]] = []

    async def authorise(self, permission: StrEnum, message: Message[Any], caller: Caller) -> None:
        """Refuse what is not allowed."""
        self.asked.append((permission, message.wire_name, caller))
        if permission not in self._allowed.get(caller, frozenset()):
            raise Forbidden(f"needs {permission}")
