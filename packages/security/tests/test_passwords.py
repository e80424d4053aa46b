"""Passwords are hashed slowly on purpose, and never on the event loop."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from colonnade.core import Unavailable
from colonnade.security.passwords import Argon2Passwords


@pytest.fixture
def passwords() -> Iterator[Argon2Passwords]:
    """Parameters so low that tests are quick."""
    passwords = Argon2Passwords(memory_kibibytes=8, iterations=1, threads=2)
    yield passwords
    passwords.close()


async def test_the_right_password_is_right_and_no_other(passwords: Argon2Passwords) -> None:
    """Not even one that differs by a space."""
    hashed = await passwords.hash("correct horse battery staple")
    assert await passwords.verify("correct horse battery staple", hashed)
    for wrong in ("correct horse battery staple ", "Correct horse battery staple", "", hashed):
        assert not await passwords.verify(wrong, hashed)


async def test_a_hash_is_argon2id_with_its_parameters_and_a_salt_of_its_own(passwords: Argon2Passwords) -> None:
    """So that parameters can be raised later, and equal passwords do not look equal."""
    first, second = await passwords.hash("same"), await passwords.hash("same")
    assert first.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert first != second


@pytest.mark.parametrize("password", ["ünïcödé 🔑", "a" * 1024, " ", "with\x00null"])
async def test_any_text_is_a_password(passwords: Argon2Passwords, password: str) -> None:
    """Nothing is cut off."""
    hashed = await passwords.hash(password)
    assert await passwords.verify(password, hashed)
    assert not await passwords.verify(password[:-1], hashed)


async def test_an_account_that_is_not_there_takes_a_hash_as_well(passwords: Argon2Passwords) -> None:
    """The answer is no, whatever was typed."""
    for guess in ("decoy", "", "anything"):
        assert not await passwords.verify(guess, None)


async def test_hashes_of_older_parameters_stay_good(passwords: Argon2Passwords) -> None:
    """The parameters are read from the hash."""
    older = Argon2Passwords(memory_kibibytes=16, iterations=2, threads=1)
    try:
        assert await passwords.verify("secret", await older.hash("secret"))
    finally:
        older.close()


async def test_hashing_leaves_the_loop_free_and_is_bounded(passwords: Argon2Passwords) -> None:
    """A rush of sign-ins waits for its own threads and for nothing else."""
    names = set[str]()
    real = passwords._passwords.hash

    def note(password: str) -> str:
        names.add(threading.current_thread().name)
        return real(password)

    passwords._passwords.hash = note  # type: ignore[method-assign]
    await asyncio.gather(*(passwords.hash("secret") for _ in range(10)))
    assert threading.current_thread().name not in names
    assert len(names) <= 2


async def test_whoever_comes_when_too_many_wait_is_sent_away_at_once() -> None:
    """And whoever stops waiting makes room."""
    passwords = Argon2Passwords(memory_kibibytes=8, iterations=1, threads=1, waiting=1)
    begun, go_on = threading.Event(), threading.Event()

    def slow(password: str) -> str:
        begun.set()
        go_on.wait(10)
        return password

    passwords._passwords.hash = slow  # type: ignore[method-assign,assignment]
    try:
        running = asyncio.ensure_future(passwords.hash("a"))
        await asyncio.to_thread(begun.wait, 10)
        waiting = asyncio.ensure_future(passwords.hash("b"))
        await asyncio.sleep(0)
        for refused in (passwords.hash("c"), passwords.verify("c", None)):
            with pytest.raises(Unavailable):
                await refused
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        third = asyncio.ensure_future(passwords.hash("c"))
        await asyncio.sleep(0)
        go_on.set()
        assert [await running, await third] == ["a", "c"]
    finally:
        go_on.set()
        passwords.close()


async def test_hashes_of_other_parameters_are_outdated(passwords: Argon2Passwords) -> None:
    """So that they are made anew when their password is typed."""
    older = Argon2Passwords(memory_kibibytes=16, iterations=2, threads=1)
    assert passwords.is_outdated(await older.hash("secret"))
    assert not passwords.is_outdated(await passwords.hash("secret"))
    older.close()


async def test_an_account_that_is_not_there_costs_one_check_from_the_first_on(passwords: Argon2Passwords) -> None:
    """No more and no less than one that is: nothing is hashed beside it."""
    checked = list[str]()
    real = passwords._passwords.verify

    def note(password: str, password_hash: str) -> bool:
        checked.append(password_hash.rpartition("$")[0].rpartition("$")[0])
        return real(password, password_hash)

    stored = await passwords.hash("secret")
    passwords._passwords.verify = note  # type: ignore[method-assign,assignment]
    passwords._passwords.hash = None  # type: ignore[method-assign,assignment]
    for password_hash in (None, stored, None):
        await passwords.verify("guess", password_hash)
    assert len(checked) == 3
    assert len(set(checked)) == 1
