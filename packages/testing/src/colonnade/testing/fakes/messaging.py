"""Fakes of what the bus asks for: a policy, an observer, a listener."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from colonnade.application.messaging import Caller, Message
from colonnade.core import DomainEvent


class AllowEverything:
    """A policy under which everybody may do everything; it notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[StrEnum, Message[Any], Caller]] = []

    async def authorise(self, permission: StrEnum, message: Message[Any], caller: Caller) -> None:
        """Allow it."""
        self.asked.append((permission, message, caller))


class Observation(NamedTuple):
    """A message as an observer saw it end."""

    wire_name: str
    correlation_id: str
    error: BaseException | None


class RecordingObserver:
    """Notes each message; `running` names those that have not ended."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.observations: list[Observation] = []

    def started(self, wire_name: str, correlation_id: str) -> object:
        """Note that a message is about to be handled."""
        self.running.append(wire_name)
        return correlation_id

    def finished(self, token: object, wire_name: str, seconds: float, error: BaseException | None) -> None:
        """Note that a message was handled, and how."""
        self.running.remove(wire_name)
        self.observations.append(Observation(wire_name, str(token), error))


class RecordingListener:
    """Notes the events of every commit, one list each."""

    def __init__(self) -> None:
        self.commits: list[list[DomainEvent]] = []

    def committed(self, events: Sequence[DomainEvent]) -> None:
        """Take note."""
        self.commits.append(list(events))
