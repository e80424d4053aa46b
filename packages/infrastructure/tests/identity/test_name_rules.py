"""Names and addresses that pass for others."""

import pytest

from colonnade.core import Invalid
from colonnade.infrastructure.identity.name_rules import ClearNames

RULES = ClearNames()


@pytest.mark.parametrize("name", ["Zoë", "Владимир", "李小龍", "Владимир Smith", "Ó Súilleabháin", "محمد", "X Æ A-12"])
def test_people_are_called_what_they_are_called(name: str) -> None:
    RULES.require_clear_name(name)


@pytest.mark.parametrize("name", ["Аda", "paypаl", "Ada\u202egnp", "A\u200bda"])
def test_a_name_that_passes_for_another_is_refused(name: str) -> None:
    """A letter of another alphabet among those of one, or a sign that nobody sees."""
    with pytest.raises(Invalid):
        RULES.require_clear_name(name)


def test_an_address_whose_domain_looks_like_another_is_refused() -> None:
    RULES.require_clear_address("ada@example.com")
    with pytest.raises(Invalid):
        RULES.require_clear_address("ada@exаmple.com")
