"""Read-side rows to views, without validating again what the database guarantees."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

View = TypeVar("View", bound=BaseModel)


def view_builder(view: type[View]) -> Callable[[Sequence[Any]], View]:
    """Return a function that makes a view of a row with exactly the view's fields, in their order.

    It does what `model_construct` does, prepared for one class: the column types give the fields' own types, so there
    is nothing left to validate (measured: two thirds of the time of validation).
    """
    names, fields_set = tuple(view.model_fields), set(view.model_fields)
    make, put = view.__new__, object.__setattr__

    def build(row: Sequence[Any]) -> View:  # values of any type
        made = make(view)
        put(made, "__dict__", dict(zip(names, row, strict=True)))
        put(made, "__pydantic_fields_set__", fields_set)
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", None)
        return made

    return build
