"""What operators may ask for, and what is kept of it."""

import importlib
import inspect
import pkgutil
from typing import Any

import pytest
from pydantic import ValidationError

from colonnade.application import operations
from colonnade.application.messaging import INTERNAL, Command, Message, Query
from colonnade.application.operations import (
    LimitQueue,
    ListJobs,
    NoteAct,
    OperationsPermission,
    OperatorAct,
    OperatorActed,
    PauseQueue,
    RebuildProjection,
)

MESSAGES: list[type[Message[Any]]] = [
    value
    for name in operations.__all__
    if inspect.isclass(value := getattr(operations, name)) and issubclass(value, Message)
]


def test_every_message_of_operations_is_exported() -> None:
    defined = {
        value
        for found in pkgutil.iter_modules(operations.__path__, f"{operations.__name__}.")
        for value in vars(importlib.import_module(found.name)).values()
        if inspect.isclass(value) and issubclass(value, Message) and value.__module__ == found.name
        if "[" not in value.__name__  # pydantic's own, such as Query[JobDetail]
    }
    assert defined == set(MESSAGES)


@pytest.mark.parametrize("kind", [kind for kind in MESSAGES if kind is not NoteAct])
def test_looking_needs_another_permission_than_changing(kind: type[Message[Any]]) -> None:
    assert issubclass(kind, Query | Command)
    assert kind.access is (OperationsPermission.READ if issubclass(kind, Query) else OperationsPermission.MANAGE)
    assert kind.wire_name.startswith("operations.")


def test_nobody_makes_up_what_was_done_at_the_machine() -> None:
    """No permission lets a note about it come in from outside."""
    assert NoteAct.access is INTERNAL
    assert NoteAct.wire_name.startswith("operations.")


def test_wire_names_are_unique() -> None:
    assert len({kind.wire_name for kind in MESSAGES}) == len(MESSAGES)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (ListJobs, {"limit": 0}),
        (ListJobs, {"limit": 201}),
        (ListJobs, {"state": "lost"}),
        (LimitQueue, {"queue": "mail", "running_limit": 0}),
        (PauseQueue, {"queue": ""}),
        (RebuildProjection, {"name": "tests.counts", "since_position": -1}),
    ],
)
def test_what_makes_no_sense_is_refused(kind: type[Message[Any]], facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind.model_validate(facts)


def test_an_act_says_what_was_done_to_what() -> None:
    act = OperatorAct.of("operations.limit_queue", "mail", "3")
    assert act.recorded_events == (
        OperatorActed(act_id=act.id, act="operations.limit_queue", subject="mail", detail="3"),
    )
    assert act.version == 1
    assert OperatorAct.of("operations.pause_queue", "mail").id != act.id
