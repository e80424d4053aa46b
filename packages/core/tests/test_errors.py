"""Errors: data that an edge can map, here and in another process."""

import pickle

import pytest

from colonnade.core import (
    AlreadyExists,
    ColonnadeError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
    VersionConflict,
)
from colonnade.core.errors import DeadlineExceeded, StaleVersion, error_kinds
from colonnade.core.events import UnknownEvent

KINDS = [
    ColonnadeError,
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    AlreadyExists,
    VersionConflict,
    StaleVersion,
    Unavailable,
    DeadlineExceeded,
    UnknownEvent,
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_pickle(kind: type[ColonnadeError]) -> None:
    """Its class, its sentence and its facts arrive in the other process."""
    copy = pickle.loads(pickle.dumps(kind("went wrong", field="title", limit=3)))

    assert type(copy) is kind
    assert (copy.message, copy.facts, str(copy)) == ("went wrong", {"field": "title", "limit": 3}, "went wrong")


def test_an_error_with_its_own_constructor_survives_pickle() -> None:
    """What it is made from need not be what it says."""
    copy = pickle.loads(pickle.dumps(Overdrawn(3)))

    assert (type(copy), copy.message, copy.facts) == (Overdrawn, "3 are missing", {"missing": 3})


class Overdrawn(Conflict):
    """An error that writes its own sentence."""

    code = "tests.overdrawn"

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} are missing", missing=missing)


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_can_be_caught_by_the_root(kind: type[ColonnadeError]) -> None:
    """One except clause is enough."""
    with pytest.raises(ColonnadeError, match="went wrong"):
        raise kind("went wrong")


def test_the_root_yields_every_kind_with_parents_first() -> None:
    """So that a later entry of a table is never hidden by an earlier one."""
    kinds = list(error_kinds())

    assert kinds[0] is ColonnadeError
    assert set(KINDS) <= set(kinds)
    assert len(kinds) == len(set(kinds))
    assert kinds.index(Conflict) < kinds.index(AlreadyExists)


def test_the_kinds_below_another_root_are_its_own() -> None:
    """A package can list its own branch."""
    assert {AlreadyExists, VersionConflict} <= set(error_kinds(Conflict))
    assert NotFound not in set(error_kinds(Conflict))


def test_codes_are_unique() -> None:
    """A client that switches on the code knows what it has."""
    codes = [kind.code for kind in KINDS]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_may_pass_by_itself_is_retryable(kind: type[ColonnadeError]) -> None:
    """A lost race, an outage, a missed deadline, an event from the future; nothing that the request is to blame for."""
    assert kind.retryable == (kind in {VersionConflict, Unavailable, DeadlineExceeded, UnknownEvent})


def test_an_invalid_value_is_a_value_error_too() -> None:
    """Pydantic and everybody else's code understand it."""
    assert issubclass(Invalid, ValueError)
