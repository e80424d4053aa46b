"""Rates are declared on rows, and what is not declared has a default."""

import pytest

from colonnade.api import Contract
from colonnade.api.contract import UNLIMITED, Quota, Rate
from colonnade.api.contract.rates import COMMANDS, READS, SECRETS, STRANGERS

from ..library import AddBook, Fail, GetBook, Greet


@pytest.mark.parametrize(
    ("text", "quota"),
    [("600/minute", (600, 60)), ("1/second", (1, 1)), ("20/hour", (20, 3_600)), ("5/day", (5, 86_400))],
)
def test_a_quota_is_read(text: str, quota: tuple[int, int]) -> None:
    """So many in so long."""
    assert Quota.read(text) == quota


@pytest.mark.parametrize("text", ["", "600", "0/minute", "-1/minute", "5 per minute", "5/fortnight", "1e3/minute"])
def test_what_is_no_quota_is_refused(text: str) -> None:
    """When the table is written."""
    with pytest.raises(TypeError, match="600/minute"):
        Rate("reads", per_person=text)


def test_a_rate_limits_somebody() -> None:
    """One that limits nobody is a mistake, and says what to write instead."""
    with pytest.raises(TypeError, match="UNLIMITED"):
        Rate("nothing")


@pytest.mark.parametrize("name", ["", "Reads", 'a"b', "a\r\nb", "ä"])
def test_a_name_fits_into_a_header(name: str) -> None:
    """It stands there as it is."""
    with pytest.raises(TypeError, match="name of a rate"):
        Rate(name, per_person="1/second")


def test_a_row_without_a_rate_has_that_of_its_kind() -> None:
    """Reading, changing, and strangers who do either; what strangers send may be guesses."""
    table = Contract("books")
    table.get("/greeting", Greet)
    table.get("/books/{book_id}", GetBook)
    table.post("/books", AddBook)
    table.post("/fail", Fail)
    assert [row.limited_by for row in table] == [STRANGERS, READS, COMMANDS, SECRETS]
    assert [row.limited_by.guards_secrets for row in table if row.limited_by] == [False, False, False, True]


def test_a_row_may_have_one_of_its_own_or_none() -> None:
    """As it says."""
    own, table = Rate("own", per_person="1/second"), Contract("books")
    table.get("/greeting", Greet, rate=UNLIMITED)
    table.post("/books", AddBook, rate=own)
    assert [row.limited_by for row in table] == [None, own]


def test_what_refreshes_a_session_takes_its_token() -> None:
    """A row that cannot is refused."""
    with pytest.raises(TypeError, match="takes no refresh_token"):
        Contract("books").post("/books", AddBook, session="refreshes")
