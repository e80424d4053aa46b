"""Identifiers: typed, and sorted by the time they were made."""

import json
from typing import NewType
from uuid import UUID

from pydantic import TypeAdapter

from colonnade.core import UserId, new_id

TaskId = NewType("TaskId", UUID)


def test_a_new_identifier_is_a_plain_uuid_of_version_7() -> None:
    """Drivers and serialisers get the standard library's own class."""
    made = new_id(UserId)

    assert type(made) is UUID
    assert made.version == 7


def test_identifiers_sort_in_the_order_in_which_they_were_made() -> None:
    """UUIDv7 keeps indexes append-only, within one millisecond too."""
    made = [new_id(UserId) for _ in range(2000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_identifier_goes_through_json_as_text() -> None:
    """What comes back is the identifier that was sent."""
    made, adapter = new_id(TaskId), TypeAdapter(TaskId)

    assert json.loads(adapter.dump_json(made)) == str(made)
    assert adapter.validate_json(adapter.dump_json(made)) == made
