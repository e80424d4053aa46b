"""Text as people compare it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core.text import fold


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is stored folded can be folded again by whoever searches."""
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_a_text_is_found_in_what_it_is_part_of(before: str, after: str) -> None:
    """As long as the parts are separated, folding does not hide one."""
    assert fold(after) in fold(f"{before}\n{after}")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Straße", "STRASSE"), ("Zoe\u0308", "ZOË"), ("ﬁn", "FIN"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("ｗｅｂ", "Web"), ("①", "1")],
)
def test_spellings_that_people_hold_for_equal_are_equal(one: str, other: str) -> None:
    """Case, composition, ligatures and width make no difference."""
    assert fold(one) == fold(other)


def test_accents_make_a_difference() -> None:
    """Folding is about spelling, not about languages."""
    assert fold("Mutter") != fold("Mütter")
