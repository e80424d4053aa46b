"""Turns at signing in: as many as the rule gives, however many ask at once, and no way to keep an owner out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from colonnade.core import UserId, new_id
from colonnade.core.errors import LimitExceeded
from colonnade.infrastructure.identity.throttle import SqlSignInThrottle, SqlTurns, ThrottleSettings
from colonnade.infrastructure.identity.throttle_rows import sign_in_throttle
from colonnade.security.throttling import GrowingDelay, MemoryTurns, Turns

DELAY = GrowingDelay(free=3, first_seconds=1, longest_seconds=10, forget_seconds=3600)
SETTINGS = ThrottleSettings(account=DELAY, network=DELAY._replace(free=6), known_seconds=86_400)
HOME, AWAY = "192.0.2.7", "203.0.113.9"


@pytest.fixture(params=["database", "memory"])
def turns(request: pytest.FixtureRequest, house: Any) -> Turns:
    """Turns that are counted in the database, or in memory."""
    return SqlTurns(house.database, house.clock) if request.param == "database" else MemoryTurns(house.clock)


async def refusals(turns: Turns, key: str, count: int) -> int:
    """Ask for turns one after the other, and return how many were refused."""
    return sum([await refused(turns.take(key, DELAY)) for _ in range(count)])


async def refused(turn: Any) -> bool:
    """Take a turn, and tell whether it was refused."""
    try:
        await turn
    except LimitExceeded:
        return True
    return False


async def test_turns_are_given_until_too_many_failed(house: Any, turns: Turns) -> None:
    """Then one at a time, after waits that double up to the longest."""
    assert await refusals(turns, "ada", 10) == 7
    assert await refusals(turns, "ben", 3) == 0
    for wait in (1, 2, 4, 8, 10, 10):
        until = await turns.blocked_until("ada")
        assert until is not None
        assert (until - house.clock.now()).total_seconds() == wait
        house.clock.advance(seconds=wait)
        assert await turns.blocked_until("ada") is None
        assert await refusals(turns, "ada", 2) == 1


async def test_failures_are_forgotten_after_a_silence(house: Any, turns: Turns) -> None:
    await refusals(turns, "ada", 3)
    house.clock.advance(seconds=3600)
    assert await refusals(turns, "ada", 4) == 1


async def test_a_hundred_at_once_get_no_more_turns_than_one_after_another(house: Any) -> None:
    """Each takes its turn before anything is checked, in one statement."""
    turns = SqlTurns(house.database, house.clock)
    outcomes = await asyncio.gather(*(refused(turns.take("ada", DELAY)) for _ in range(100)))
    assert outcomes.count(False) == 3


class Door:
    """Where people sign in."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self.turns = SqlTurns(house.database, house.clock)

    @asynccontextmanager
    async def throttle(self) -> AsyncIterator[SqlSignInThrottle]:
        """Open a unit of work with a throttle in it."""
        unit_of_work = self._house.unit_of_work()
        yield SqlSignInThrottle(self.turns, unit_of_work, SETTINGS, b"key", self._house.clock)
        await unit_of_work.commit()

    async def guess(self, account: str, address: str | None) -> bool:
        """Fail to sign in; tell whether the guess was looked at."""
        async with self.throttle() as throttle:
            if await refused(throttle.require_turn(account, address)):
                return False
            await throttle.failed(account, address)
            return True

    async def sign_in(self, account: str, address: str | None) -> bool:
        """Sign in with the right password; tell whether that was let through."""
        async with self.throttle() as throttle:
            if await refused(throttle.require_turn(account, address)):
                return False
            await throttle.succeeded(account, address)
            return True


@pytest.fixture
def door(house: Any) -> Door:
    """A door, on each engine in turn."""
    return Door(house)


async def test_guessing_locks_an_account_for_a_while(house: Any, door: Door) -> None:
    """From wherever: what is locked is the account, and the lock is told of when it falls."""
    assert [await door.guess("ada", f"192.0.2.{turn}") for turn in range(5)] == [True] * 3 + [False] * 2
    house.clock.advance(seconds=1)
    async with door.throttle() as throttle:
        await throttle.require_turn("ada", "192.0.2.77")
        until = await throttle.failed("ada", "192.0.2.77")
    assert until is not None
    assert (until - house.clock.now()).total_seconds() == 2


async def test_an_account_that_is_not_there_is_locked_alike(door: Door) -> None:
    """What is counted is what was typed."""
    for account in ("ada", "nobody"):
        assert [await door.guess(account, None) for _ in range(4)] == [True, True, True, False]


async def test_a_success_begins_anew(door: Door) -> None:
    for _ in range(3):
        assert [await door.guess("ada", None) for _ in range(2)] == [True, True]
        assert await door.sign_in("ada", None)


async def test_nobody_is_kept_out_where_they_have_signed_in_before(house: Any, door: Door) -> None:
    """However long somebody guesses elsewhere; and their guesses do not begin anew with the owner's sign-in."""
    assert await door.sign_in("ada", HOME)
    for _ in range(20):
        house.clock.advance(seconds=10)
        await door.guess("ada", AWAY)
        assert await door.sign_in("ada", HOME)
    assert not await door.guess("ada", "203.0.113.10")
    assert not await door.sign_in("ada", "203.0.113.11")
    house.clock.advance(seconds=86_400)
    await door.guess("ada", AWAY)


async def test_where_somebody_is_known_is_counted_as_well(door: Door) -> None:
    """A neighbour behind the same address gets no more guesses than others."""
    assert await door.sign_in("ada", HOME)
    assert [await door.guess("ada", HOME) for _ in range(4)] == [True, True, True, False]


async def test_one_network_does_not_try_one_password_at_every_account(door: Door) -> None:
    """An IPv6 network is a /64; an account of one's own gives no guesses back."""
    looked_at = 0
    for turn in range(12):
        looked_at += await door.guess(f"victim {turn}", f"2001:db8::{turn:x}")
        await door.sign_in("eve", "2001:db8::ffff")
    assert looked_at == 6


async def test_a_network_is_new_to_somebody_until_they_have_signed_in_there(house: Any, door: Door) -> None:
    """For as long as it is known; what was typed as the account, and whether that was right, changes nothing."""
    ada, ben = new_id(UserId), new_id(UserId)

    async def arrived(user_id: UserId, address: str | None) -> bool:
        async with door.throttle() as throttle:
            return await throttle.arrived(user_id, address)

    await door.sign_in(str(ada), HOME)
    assert [await arrived(ada, HOME), await arrived(ada, HOME), await arrived(ada, AWAY)] == [True, False, True]
    assert await arrived(ben, HOME)
    assert not await arrived(ben, None)
    assert [await arrived(ben, "2001:db8::1"), await arrived(ben, "2001:db8::2")] == [True, False]
    house.clock.advance(seconds=SETTINGS.known_seconds)
    assert await arrived(ada, HOME)


async def test_a_sign_in_that_comes_to_nothing_makes_no_network_known(house: Any, door: Door) -> None:
    ada = new_id(UserId)
    throttle = SqlSignInThrottle(door.turns, house.unit_of_work(), SETTINGS, b"key", house.clock)
    assert await throttle.arrived(ada, HOME)
    async with door.throttle() as later:
        assert await later.arrived(ada, HOME)


async def test_accounts_and_addresses_are_not_to_be_read_in_the_table(house: Any, door: Door) -> None:
    await door.sign_in("ada@example.com", HOME)
    written = str(await house.database.fetch(sign_in_throttle.select()))
    assert "ada" not in written
    assert HOME not in written


async def test_what_is_long_past_is_cleared_away(house: Any, door: Door) -> None:
    """Failures, and networks that are not known any more."""
    await door.guess("ben", AWAY)
    await door.sign_in("ada", HOME)
    house.clock.advance(hours=3)
    await door.turns.expire(house.clock.now())
    assert len(await house.database.fetch(sign_in_throttle.select())) == 1
    house.clock.advance(days=2)
    await door.turns.expire(house.clock.now())
    assert await house.database.fetch(sign_in_throttle.select()) == []
