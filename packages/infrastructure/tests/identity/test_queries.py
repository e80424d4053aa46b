"""Accounts are found by what people know of each other, in the database and in the fakes."""

from typing import Any

import pytest

from colonnade.application.identity import UserView, WhoAmI
from colonnade.application.identity.operators import ListOperators
from colonnade.application.identity.ports import IdentitySettings
from colonnade.core import Email, NotFound, UserId, new_id
from colonnade.domain.identity import Lifetimes
from colonnade.infrastructure.identity.queries import (
    SqlCredentials,
    SqlOperators,
    SqlPeople,
    list_operators,
    who_am_i,
)
from colonnade.testing.fakes import MemoryStore, MemoryUnitOfWork
from colonnade.testing.fakes.work import MemoryCredentials, MemoryPeople, MemoryUserRepository

SETTINGS = IdentitySettings(Lifetimes(1, 1), confirm_email=True, secret_seconds={})


@pytest.fixture(params=["database", "memory"])
async def directory(request: pytest.FixtureRequest, house: Any) -> Any:
    """Credentials and people, and a function that stores users, in the database or in memory."""
    if request.param == "database":
        texts = house.sealing.texts
        return SqlCredentials(house.database, SETTINGS, texts), SqlPeople(house.database, texts), house.store
    store = MemoryStore()

    async def keep(user: Any) -> None:
        work = MemoryUnitOfWork(store, clock=house.clock)
        await MemoryUserRepository(work).add(user)
        await work.commit()

    return MemoryCredentials(store), MemoryPeople(store), keep


async def test_people_are_found(house: Any, directory: Any) -> None:
    """By address in any letter case and by id; and nobody else is."""
    credentials, people, keep = directory
    user = house.make.user(email="ada@example.com", name="Ada Lovelace", password_hash="hash")
    await keep(user)
    assert await people.by_email(Email("ADA@example.com")) == (user.id, "Ada Lovelace", "ada@example.com")
    assert await people.by_id(user.id) == await people.by_email(Email("ada@example.com"))
    assert await credentials.find(Email("Ada@Example.com")) == (user.id, "hash", False)


async def test_accounts_are_confirmed_or_not(house: Any, directory: Any) -> None:
    """If that is asked for; an account without a password has none here either."""
    credentials, _, keep = directory
    user = house.make.user(email="ada@example.com", password_hash=None, confirmed=True)
    await keep(user)
    assert await credentials.find(Email("ada@example.com")) == (user.id, None, True)
    unconfirmed = house.make.user(email="ben@example.com", password_hash="hash")
    await house.store(unconfirmed)
    lenient = SqlCredentials(house.database, SETTINGS._replace(confirm_email=False), house.sealing.texts)
    assert await lenient.find(Email("ben@example.com")) == (unconfirmed.id, "hash", True)


async def test_nobody_is_not_found(directory: Any) -> None:
    """An unknown person is an error that names the field; an unknown credential is none."""
    credentials, people, _ = directory
    with pytest.raises(NotFound) as refused:
        await people.by_email(Email("nobody@example.com"))
    assert refused.value.facts["field"] == "email"
    with pytest.raises(NotFound):
        await people.by_id(new_id(UserId))
    assert await credentials.find(Email("nobody@example.com")) is None


async def test_who_am_i(house: Any) -> None:
    """Somebody who is signed in sees their own account, as long as it is there."""
    user = house.make.user()
    await house.store(user)
    assert await house.ask(who_am_i, WhoAmI(), user.id) == UserView.of(user)
    with pytest.raises(NotFound):
        await house.ask(who_am_i, WhoAmI(), new_id(UserId))


async def test_operators_are_known_and_listed_by_name(house: Any) -> None:
    """Nobody else is one, whether they have an account or not."""
    users = [house.make.user(name=name) for name in ("Grace", "Ada", "Ben")]
    for user in users[:2]:
        user.appoint_operator()
    await house.store(*users)
    operators = SqlOperators(house.database)
    assert [await operators.has(user.id) for user in users] == [True, True, False]
    assert not await operators.has(new_id(UserId))
    listed = (await house.ask(list_operators, ListOperators(), house.owner)).items
    assert [view.name for view in listed] == ["Ada", "Grace"]
    assert listed[1].email == users[0].email
