"""Pages of a long answer."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item", covariant=True)


class Page(BaseModel, Generic[Item]):
    """A piece of a list, in its order.

    Attributes:
        items: What is on this page.
        next: Cursor of the page after it; none on the last one.
    """

    model_config = ConfigDict(frozen=True)

    items: tuple[Item, ...]
    next: str | None = None
