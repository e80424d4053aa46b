"""Personal data is masked where it would be seen, and is its owner's to get and to have erased."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from colonnade.core import Email, PersonName
from colonnade.security.personal import Personal, erased, mask, masked, personal_data

ADA, BEN = UUID(int=1), UUID(int=2)


class Loan(BaseModel):
    """A model with data of two people."""

    reader_id: UUID
    clerk_id: UUID
    reader: Annotated[Email, Personal("reader_id")]
    clerk: Annotated[PersonName, Personal("clerk_id")]
    reader_born_on: Annotated[date | None, Personal("reader_id")] = None
    book: str = "Sketch of the Analytical Engine"


@dataclass(frozen=True)
class Shelf:
    """Something with parts."""

    loans: tuple[Loan, ...]
    by_book: dict[str, Loan]


LOAN = Loan(
    reader_id=ADA,
    clerk_id=BEN,
    reader=Email("ada@example.com"),
    clerk=PersonName("Ben"),
    reader_born_on=date(1815, 12, 10),
)


def test_a_mask_shows_first_letters_and_no_lengths() -> None:
    assert mask("ada@example.com") == "a***@e***"
    assert mask("Ada Lovelace") == mask("Al") == "A***"
    assert mask("") == "***"
    assert mask("@nobody") == "@***"
    assert mask(date(1815, 12, 10)) == "***"
    assert mask(None) is None


def test_a_masked_model_shows_what_is_not_personal() -> None:
    shown = masked(LOAN)
    assert shown["book"] == LOAN.book
    assert (shown["reader"], shown["clerk"], shown["reader_born_on"]) == ("a***@e***", "B***", "***")


def test_parts_are_masked_too() -> None:
    text = repr(masked(Shelf((LOAN,), {"first": LOAN})))
    assert "a***@e***" in text
    assert "example.com" not in text
    assert "Ben" not in text


def test_a_person_gets_what_is_theirs() -> None:
    assert personal_data(LOAN, ADA) == {"reader": "ada@example.com", "reader_born_on": "1815-12-10"}
    assert personal_data(LOAN, BEN) == {"clerk": "Ben"}
    assert personal_data(LOAN, UUID(int=3)) == {}


def test_erasing_one_person_leaves_the_other() -> None:
    gone = erased(LOAN, ADA)
    assert (gone.reader, gone.reader_born_on, gone.clerk) == ("erased@erased.invalid", None, "Ben")
    assert erased(LOAN, UUID(int=3)) is LOAN
