"""Typed identifiers: static types over UUIDv7, which sorts by creation time (RFC 9562, section 5.7).

An identifier type is a `NewType` of `uuid.UUID`: the type checker keeps a `TaskId` and a `ProjectId` apart, and at run
time both are plain UUIDs that every driver and serialiser handles natively.
"""

from collections.abc import Callable
from typing import NewType, TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

UserId = NewType("UserId", UUID)
"""Who acts: the one identifier that every layer knows, since every change has somebody behind it."""

Id = TypeVar("Id", bound=UUID)


def new_id(kind: Callable[[UUID], Id]) -> Id:
    """Make a fresh identifier of a kind.

    Example:
        >>> task_id = new_id(UserId)
        >>> task_id.version
        7
    """
    return kind(uuid7())
