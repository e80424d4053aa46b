"""Personal data is declared on the model, whole and with its owner."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from uuid import UUID

import pytest
from pydantic import BaseModel

from colonnade.core import DomainEvent, Email, PersonName
from colonnade.core.personal import Personal, masked, personal_fields


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


class LetterSent(DomainEvent, type="post.letter_sent", version=1):
    """An event with data of a person."""

    sender_id: UUID
    sender: Annotated[str, Personal("sender_id")]
    stamps: int = 1


def test_what_is_personal_does_not_show_in_a_repr() -> None:
    """By the type of the value in whatever holds it, or by the mark on an event."""
    ada = PersonName("Ada Lovelace")
    letter = Letter(sender_id=UUID(int=1), receiver_id=UUID(int=2), sender=ada, receiver=Email("ben@example.com"))
    sent = LetterSent(sender_id=UUID(int=1), sender="Ada Lovelace")
    for shown in (repr(letter), repr(Pupil(UUID(int=1), ada)), repr(sent), repr([ada]), repr({"by": letter})):
        assert "Lovelace" not in shown
        assert "ben@" not in shown
    assert "stamps=1" in repr(sent)
    assert f"{ada}" == "Ada Lovelace"


def test_what_does_not_show_in_a_repr_is_not_among_masked_values() -> None:
    @dataclass
    class Key:
        id: UUID
        sealed: bytes = field(repr=False)

    assert masked([Key(UUID(int=1), b"sealed")]) == [{"id": UUID(int=1)}]
