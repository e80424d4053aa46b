"""Ids that fit in a table and can be typed: the end of a UUID, which is its random part (RFC 9562, version 7)."""

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar
from uuid import UUID

from colonnade.core import NotFound

_LENGTH = 8


class _Identified(Protocol):
    """Something with an id."""

    @property
    def id(self) -> UUID:
        """Its identity."""
        ...


Thing = TypeVar("Thing", bound=_Identified)


def short(whole: UUID) -> str:
    """Return the short form of an id."""
    return whole.hex[-_LENGTH:]


def whole_id(said: str) -> UUID | None:
    """Return the id that was written out, or none if it was not."""
    try:
        return UUID(said)
    except ValueError:
        return None


async def named_by(said: str, things: AsyncIterator[Thing], what: str) -> Thing:
    """Return the first of several things that has a short id.

    Args:
        said: The short id, in any case.
        things: Where to look, the most likely first.
        what: What they are called.

    Raises:
        NotFound: None has it.
    """
    async for thing in things:
        if short(thing.id) == said.lower():
            return thing
    raise NotFound(f"there is no {what} '{said}': write an id as the list shows it, or the whole id")
