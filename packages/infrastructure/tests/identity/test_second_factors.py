"""Second factors in the database: kept whole, and each code good once even if it comes twice at once."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.application.identity.second_factor import SecondFactorView, ShowSecondFactor
from colonnade.application.messaging import Caller
from colonnade.core import Invalid, UserId, VersionConflict
from colonnade.domain.identity import SecretRefused
from colonnade.domain.identity.second_factor import SecondFactor, SecondFactorRefused
from colonnade.infrastructure.identity.sealed_texts import SealerOfTexts
from colonnade.infrastructure.identity.second_factors import (
    SqlSecondFactorRepository,
    SqlSecondFactors,
    second_factor_to_domain,
    second_factor_to_row,
    show_second_factor,
)
from colonnade.infrastructure.identity.secret_owners import SqlSecretOwners
from colonnade.security.sealing import Sealer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def turned_on(house: Any) -> UserId:
    """Let somebody have a second factor with two recovery codes, whose last code was that of step 100."""
    user_id: UserId = await house.person()
    unit_of_work = house.unit_of_work()
    factor = SecondFactor.begin(user_id, "sealed")
    factor.confirm(100, ["a", "b"], at=NOON)
    await SqlSecondFactorRepository(unit_of_work).add(factor)
    await unit_of_work.commit()
    return user_id


async def test_a_code_that_comes_twice_at_once_is_taken_once(house: Any) -> None:
    """Both look before either is noted; only one is committed, and the other is refused when it looks again."""
    user_id = await turned_on(house)
    both_looked = asyncio.Barrier(2 if house.database.is_postgresql else 1)

    async def use(code: str) -> str:
        unit_of_work = house.unit_of_work()
        try:
            factor = await SqlSecondFactorRepository(unit_of_work).get(user_id)
            await asyncio.wait_for(both_looked.wait(), 10)
            if code == "app":
                factor.use_code(101)
            else:
                factor.use_recovery_code("a")
            await unit_of_work.commit()
        except (VersionConflict, SecondFactorRefused) as error:
            await unit_of_work.rollback()
            return type(error).__name__
        return "taken"

    for code in ("app", "recovery"):
        outcomes = await asyncio.gather(use(code), use(code))
        assert outcomes.count("taken") == 1
        both_looked = asyncio.Barrier(1)
        assert await use(code) == "SecondFactorRefused"
        both_looked = asyncio.Barrier(2 if house.database.is_postgresql else 1)


async def test_codes_are_a_way_of_those_who_turned_them_on(house: Any) -> None:
    """And recovery codes are one."""
    user_id, other = await turned_on(house), await house.person()

    codes = SqlSecondFactors(house.database)
    assert await codes.of(user_id) == {"totp", "recovery"}
    assert await codes.of(other) == frozenset()
    view = await show_second_factor(ShowSecondFactor(), Caller(user_id), house.database)
    assert view == SecondFactorView(is_on=True, since=NOON, recovery_codes_left=2)
    assert not (await show_second_factor(ShowSecondFactor(), Caller(other), house.database)).is_on


@settings(max_examples=30, deadline=None)
@given(
    factor=st.builds(
        SecondFactor,
        id=st.uuids(),
        version=st.integers(1, 2**31 - 1),
        sealed_secret=st.none() | st.text(),
        confirmed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        last_step=st.none() | st.integers(0, 2**62),
        recovery_hashes=st.lists(st.text()).map(tuple),
    )
)
def test_a_second_factor_survives_the_way_into_its_row_and_back(factor: SecondFactor) -> None:
    assert vars(second_factor_to_domain(SimpleNamespace(**second_factor_to_row(factor)), ())) == vars(factor)


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_sealed_text_opens_at_its_place_only(text: str) -> None:
    box = SealerOfTexts(Sealer(b"secret of the installation", "identity"))
    sealed = box.seal(text, "here")
    assert box.unseal(sealed, "here") == text
    for other, place in ((sealed, "there"), (sealed[:-4] + "AAAA", "here"), ("", "here"), ("é", "here")):
        with pytest.raises(Invalid):
            box.unseal(other, place)


@pytest.mark.parametrize("presented", ["x", ".", f"{UserId(UUID(int=7))}.secret", "٣.٣"])
async def test_nobody_owns_what_is_no_secret(house: Any, presented: str) -> None:
    with pytest.raises(SecretRefused):
        await SqlSecretOwners(house.database).owner_of(presented)
