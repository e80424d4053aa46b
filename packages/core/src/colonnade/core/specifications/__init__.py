"""Conditions as data: one algebra, read by Python here, by SQL in the infrastructure (Evans and Fowler)."""

from colonnade.core.specifications.algebra import (
    EVERYTHING,
    NOTHING,
    AllOf,
    AnyOf,
    Comparison,
    Field,
    Not,
    Operator,
    Specification,
    field,
    fields_of,
    normalised,
)
from colonnade.core.specifications.predicates import matches, predicate

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "AllOf",
    "AnyOf",
    "Comparison",
    "Field",
    "Not",
    "Operator",
    "Specification",
    "field",
    "fields_of",
    "matches",
    "normalised",
    "predicate",
]
