"""A second factor is asked for once it is confirmed, and each of its codes is good once."""

from datetime import UTC, datetime

import pytest

from colonnade.core import UserId, new_id
from colonnade.domain.identity.second_factor import (
    SecondFactor,
    SecondFactorOff,
    SecondFactorOn,
    SecondFactorRefused,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def factor() -> SecondFactor:
    """A factor that is on since step 100, with two recovery codes."""
    made = SecondFactor.begin(new_id(UserId), "sealed")
    made.confirm(100, ["a", "b"], at=NOON)
    return made


def test_nothing_is_asked_for_before_a_code_came() -> None:
    made = SecondFactor.begin(new_id(UserId), "sealed")
    assert not made.is_on
    for attempt in (
        lambda: made.use_code(100),
        lambda: made.use_recovery_code("a"),
        lambda: made.confirm(None, [], at=NOON),
    ):
        with pytest.raises(SecondFactorRefused):
            attempt()
    assert not made.is_on


@pytest.mark.parametrize("step", [100, 99, None])
def test_a_code_that_was_used_an_earlier_one_and_a_wrong_one_are_refused(
    factor: SecondFactor, step: int | None
) -> None:
    """The code that turned it on counts as used."""
    with pytest.raises(SecondFactorRefused):
        factor.use_code(step)
    factor.use_code(101)
    with pytest.raises(SecondFactorRefused):
        factor.use_code(101)


def test_a_recovery_code_is_good_once(factor: SecondFactor) -> None:
    factor.use_recovery_code("a")
    assert factor.recovery_hashes == ("b",)
    with pytest.raises(SecondFactorRefused):
        factor.use_recovery_code("a")


def test_new_recovery_codes_make_the_former_ones_worthless(factor: SecondFactor) -> None:
    factor.replace_recovery_codes(["c"])
    with pytest.raises(SecondFactorRefused):
        factor.use_recovery_code("b")
    factor.use_recovery_code("c")


def test_what_is_off_forgets_its_secrets_but_not_its_last_code(factor: SecondFactor) -> None:
    """Whoever sets the same app up again cannot use the old code."""
    factor.turn_off()
    factor.turn_off()
    assert (factor.sealed_secret, factor.recovery_hashes, factor.is_on) == (None, (), False)
    assert len(factor.recorded_events) == 4
    with pytest.raises(SecondFactorOff):
        factor.replace_recovery_codes(["c"])
    factor.set_up("another")
    with pytest.raises(SecondFactorRefused):
        factor.confirm(100, [], at=NOON)


def test_what_is_on_is_not_replaced_unawares(factor: SecondFactor) -> None:
    with pytest.raises(SecondFactorOn):
        factor.set_up("another")
    with pytest.raises(SecondFactorOn):
        factor.confirm(101, [], at=NOON)
    assert factor.sealed_secret == "sealed"
