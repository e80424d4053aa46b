"""From a violated constraint to a domain error, by the constraint's name."""

import re
from collections.abc import Iterable, Mapping

from sqlalchemy import Index, MetaData, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from colonnade.core import AlreadyExists, ColonnadeError, Conflict, Invalid, VersionConflict

RACE = "race"
"""Marks a unique index, in its `info`, that only a race violates: whoever tries again sees what the other one did."""

_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?P<columns>.+)")
_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (?P<name>\w+)")


class ConstraintErrors:
    """The domain errors that constraints stand for."""

    def __init__(self, metadata: MetaData, errors: Mapping[str, ColonnadeError]) -> None:
        """Name what each constraint means.

        Args:
            metadata: The tables, to find a constraint by its columns, which is all that SQLite tells.
            errors: What a violation means, by constraint name.
        """
        self._errors = errors
        self._names = _names_by_columns(metadata)
        indexes = (index for table in metadata.tables.values() for index in table.indexes)
        self._races = {str(index.name) for index in indexes if index.info.get(RACE)}

    def translate(self, error: IntegrityError) -> ColonnadeError:
        """Return the domain error that a violation stands for."""
        name = self.name_of(error)
        if name in self._errors:
            known = self._errors[name]
            return type(known)(known.message, **known.facts)
        if name in self._races:
            return VersionConflict("somebody else did this at the same moment", constraint=name)
        if name.startswith(("uq_", "pk_", "ix_")):
            return AlreadyExists("something else has this already", constraint=name)
        if name.startswith("ck_"):
            return Invalid("breaks a rule of the database", constraint=name)
        return Conflict("refers to something that is not there", constraint=name)

    def name_of(self, error: IntegrityError) -> str:
        """Return the name of the violated constraint; empty if the engine does not tell."""
        name = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
        if name:
            return str(name)
        text = str(error.orig)
        if found := _SQLITE_UNIQUE.search(text):
            return self._names.get(_key(found["columns"].split(", ")), "")
        if found := _SQLITE_CHECK.search(text):
            return found["name"]
        return ""


def _names_by_columns(metadata: MetaData) -> dict[frozenset[str], str]:
    names: dict[frozenset[str], str] = {}
    for table in metadata.tables.values():
        names[_key(f"{table.name}.{column.name}" for column in table.primary_key)] = f"pk_{table.name}"
        unique: list[UniqueConstraint | Index] = [
            constraint for constraint in table.constraints if isinstance(constraint, UniqueConstraint)
        ]
        indexes: list[UniqueConstraint | Index] = [index for index in table.indexes if index.unique]
        for constraint in unique + indexes:
            names[_key(f"{table.name}.{column.name}" for column in constraint.columns)] = str(constraint.name)
    return names


def _key(columns: Iterable[str]) -> frozenset[str]:
    return frozenset(columns)
