"""Passwords are hashed slowly on purpose, and never on the event loop."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

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
