"""Secrets that are good once: used up in the database, however often they come, and kept as hashes."""

import asyncio
from typing import Any

import pytest

from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.ports import IdentitySettings
from colonnade.core import UserId, VersionConflict
from colonnade.domain.identity import Lifetimes, Purpose, SecretRefused
from colonnade.infrastructure.identity.repository import SqlSecretRepository
from colonnade.testing.fakes import MemoryStore, MemoryUnitOfWork
from colonnade.testing.fakes.work import MemorySecretRepository

SETTINGS = IdentitySettings(Lifetimes(1, 1), confirm_email=True, secret_seconds=dict.fromkeys(Purpose, 600))


@pytest.fixture(params=["database", "memory"])
async def opener(request: pytest.FixtureRequest, house: Any) -> Any:
    """A function that opens a unit of work with the secrets of it, in the database or in memory."""
    store = MemoryStore()

    def open_secrets() -> Any:
        if request.param == "memory":
            memory = MemoryUnitOfWork(store, clock=house.clock)
            return memory, OneTimeSecrets(MemorySecretRepository(memory), SETTINGS, house.clock)
        work = house.unit_of_work()
        return work, OneTimeSecrets(SqlSecretRepository(work), SETTINGS, house.clock)

    return open_secrets


async def issue(opener: Any, user: UserId, purpose: Purpose = Purpose.RESET_PASSWORD, facts: str | None = None) -> str:
    """Hand a secret out, and commit."""
    work, secrets = opener()
    presented: str = await secrets.issue(user, purpose, facts=facts)
    await work.commit()
    return presented


async def use(opener: Any, presented: str, purpose: Purpose = Purpose.RESET_PASSWORD) -> Any:
    """Use a secret up, and commit."""
    work, secrets = opener()
    try:
        used = await secrets.use(presented, purpose)
        await work.commit()
    finally:
        await work.rollback()
    return used


async def test_a_secret_is_good_once(house: Any, opener: Any) -> None:
    """It stands for whom it was handed to, and for what; afterwards it is nothing."""
    presented = await issue(opener, house.owner, facts="sealed")
    used = await use(opener, presented)
    assert (used.user_id, used.facts) == (house.owner, "sealed")
    with pytest.raises(SecretRefused):
        await use(opener, presented)


async def test_looking_does_not_use_it_up(house: Any, opener: Any) -> None:
    """What it guards may fail before it is used."""
    presented = await issue(opener, house.owner)
    work, secrets = opener()
    for _ in range(2):
        await secrets.find(presented, Purpose.RESET_PASSWORD)
    await work.rollback()
    await use(opener, presented)


async def test_a_secret_is_good_for_one_thing(house: Any, opener: Any) -> None:
    """One that confirms an address resets no password."""
    presented = await issue(opener, house.owner, Purpose.CONFIRM_EMAIL)
    for purpose in set(Purpose) - {Purpose.CONFIRM_EMAIL}:
        with pytest.raises(SecretRefused):
            await use(opener, presented, purpose)
    await use(opener, presented, Purpose.CONFIRM_EMAIL)


async def test_a_secret_expires(house: Any, opener: Any) -> None:
    """From the very moment."""
    first, second = await issue(opener, house.owner), await issue(opener, house.owner)
    house.clock.advance(seconds=599)
    await use(opener, first)
    house.clock.advance(seconds=1)
    with pytest.raises(SecretRefused):
        await use(opener, second)


@pytest.mark.parametrize(
    "wrong", ["", "x", ".", "٣.٣", "0190a000-0000-7000-8000-000000000000.x", "\x00.\x00", "a" * 5_000]
)
async def test_what_is_no_secret_is_refused(opener: Any, wrong: str) -> None:
    """In the same words as a secret that is used."""
    with pytest.raises(SecretRefused):
        await use(opener, wrong)


async def test_both_halves_must_fit(house: Any, opener: Any) -> None:
    """The identifier of one secret and the secret of another are nothing; both stay good."""
    first, second = await issue(opener, house.owner), await issue(opener, house.owner)
    with pytest.raises(SecretRefused):
        await use(opener, f"{first.partition('.')[0]}.{second.partition('.')[2]}")
    await use(opener, first)
    await use(opener, second)


async def test_five_wrong_attempts_withdraw_it(house: Any, opener: Any) -> None:
    """Attempts at what it guards are counted over units of work."""
    presented = await issue(opener, house.owner, Purpose.SECOND_FACTOR)
    for _ in range(5):
        work, secrets = opener()
        (await secrets.find(presented, Purpose.SECOND_FACTOR)).miss(at=house.clock.now())
        await work.commit()
    with pytest.raises(SecretRefused):
        await use(opener, presented, Purpose.SECOND_FACTOR)


async def test_what_is_kept_is_a_hash(house: Any) -> None:
    """Neither the table nor the log holds the secret."""

    def opener() -> Any:
        work = house.unit_of_work()
        return work, OneTimeSecrets(SqlSecretRepository(work), SETTINGS, house.clock)

    presented = await issue(opener, house.owner)
    rows = await house.database.fetch(SqlSecretRepository(house.unit_of_work())._kind.table.select())
    assert presented.partition(".")[2] not in f"{rows!r} {await house.log.read(limit=1_000)!r}"


@pytest.mark.integration
async def test_two_who_use_it_at_once_are_one(postgres_house: Any) -> None:
    """Both have read it before either commits; one wins, and the other one, who looks again, is refused."""
    house, both = postgres_house, asyncio.Barrier(2)

    def opener() -> Any:
        work = house.unit_of_work()
        return work, OneTimeSecrets(SqlSecretRepository(work), SETTINGS, house.clock)

    presented = await issue(opener, house.owner)

    async def use_together() -> str:
        work, secrets = opener()
        try:
            await secrets.use(presented, Purpose.RESET_PASSWORD)
            await asyncio.wait_for(both.wait(), 10)
            await work.commit()
        except VersionConflict:
            return "lost"
        finally:
            await work.rollback()
        return "used"

    assert sorted(await asyncio.gather(use_together(), use_together())) == ["lost", "used"]
    with pytest.raises(SecretRefused):
        await use(opener, presented)
