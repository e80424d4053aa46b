"""Every case of every table: what must be good is, and everything else is refused with one and the same sentence."""

import pytest

from colonnade.security.keys import Algorithm
from colonnade.security.tokens import TokenRefused

from . import headers, numbers, structure
from .forging import SUBJECT, Case, Workshop

TABLES: dict[Algorithm, tuple[Case, ...]] = {
    "EdDSA": (*structure.CASES, *headers.CASES, *numbers.EDDSA),
    "ES256": (*structure.CASES, *headers.CASES, *numbers.ES256),
}
WORKSHOPS = {algorithm: Workshop(algorithm) for algorithm in TABLES}
EACH = [
    pytest.param(algorithm, case, id=f"{algorithm}: {case.name}")
    for algorithm, cases in TABLES.items()
    for case in cases
]


@pytest.mark.parametrize(("algorithm", "case"), EACH)
def test_it_is_good_or_refused_as_the_table_says(algorithm: Algorithm, case: Case) -> None:
    shop = WORKSHOPS[algorithm]
    text = case.make(shop)
    if case.good:
        assert shop.tokens.verify(text).subject == SUBJECT
        return
    with pytest.raises(TokenRefused) as refused:
        shop.tokens.verify(text)
    assert refused.value.message == "the access token is not valid"


def test_no_case_is_there_twice() -> None:
    """A name that stands for two cases hides one of them."""
    for cases in TABLES.values():
        assert len({case.name for case in cases}) == len(cases)
