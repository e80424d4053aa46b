"""Personal data is declared on the model, whole and with its owner."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

import pytest
from pydantic import BaseModel

from colonnade.core import Email, PersonName
from colonnade.core.personal import Personal, personal_fields


class Letter(BaseModel):
    """A model with data of two people."""

    sender_id: UUID
    receiver_id: UUID
    sender: Annotated[PersonName, Personal("sender_id")]
    receiver: Annotated[Email | None, Personal("receiver_id")] = None
    born_on: Annotated[date | None, Personal("sender_id")] = None
    nickname: Annotated[str, Personal("sender_id", erased="nobody")] = ""
    stamps: int = 1


@dataclass
class Pupil:
    """A dataclass with data of one person."""

    id: UUID
    name: Annotated[PersonName, Personal("id")]


def test_fields_are_found_with_their_owners() -> None:
    assert {name: field.owner for name, field in personal_fields(Letter).items()} == {
        "sender": "sender_id",
        "receiver": "receiver_id",
        "born_on": "sender_id",
        "nickname": "sender_id",
    }


def test_dataclasses_declare_them_alike() -> None:
    assert [*personal_fields(Pupil)] == ["name"]


def test_a_model_without_any_has_none() -> None:
    assert not personal_fields(type("Plain", (BaseModel,), {}))


def test_what_stands_for_erased_data_is_of_the_fields_type() -> None:
    """Or what the marker says."""
    assert {name: field.erased for name, field in personal_fields(Letter).items()} == {
        "sender": "Erased person",
        "receiver": "erased@erased.invalid",
        "born_on": None,
        "nickname": "nobody",
    }
    Letter(
        sender_id=UUID(int=1),
        receiver_id=UUID(int=2),
        **{name: field.erased for name, field in personal_fields(Letter).items()},
    )


def test_a_marker_inside_a_type_is_refused() -> None:
    """It would be overlooked, and the data kept in the clear."""

    class Circular(BaseModel):
        owner_id: UUID
        readers: list[Annotated[PersonName, Personal("owner_id")]]

    with pytest.raises(TypeError, match="around the whole type"):
        personal_fields(Circular)


def test_an_owner_that_is_no_field_is_refused() -> None:
    class Orphan(BaseModel):
        name: Annotated[PersonName, Personal("nobody_id")]

    with pytest.raises(TypeError, match="no field"):
        personal_fields(Orphan)


def test_the_marker_changes_neither_validation_nor_schema() -> None:
    """So that stored events of a class stay what they were."""

    class Marked(BaseModel):
        owner_id: UUID
        email: Annotated[Email, Personal("owner_id")]

    class Plain(BaseModel):
        owner_id: UUID
        email: Email

    marked, plain = Marked.model_json_schema(), Plain.model_json_schema()
    assert marked["properties"] == plain["properties"]
    assert Marked(owner_id=UUID(int=1), email="Ada@Example.com").email == "ada@example.com"
