"""The filter text that people type, parsed into specifications."""

from colonnade.application.filtering.fields import (
    FilterField,
    Terms,
    choice,
    collection,
    day,
    moment,
    ordered_choice,
    person,
    shorthand,
)
from colonnade.application.filtering.language import FilterLanguage

__all__ = [
    "FilterField",
    "FilterLanguage",
    "Terms",
    "choice",
    "collection",
    "day",
    "moment",
    "ordered_choice",
    "person",
    "shorthand",
]
