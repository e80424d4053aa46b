"""Passwords: Argon2id (RFC 9106), off the event loop, a few at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "passwords", "pwdlib", "argon2")

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

Answer = TypeVar("Answer")


class Argon2Passwords:
    """Hashes and verifies passwords in threads of its own, so that a rush of sign-ins leaves the rest alone.

    Args:
        memory_kibibytes: Memory per hash.
        iterations: Passes over it.
        parallelism: Lanes.
        threads: How many hashes run at once; the others wait.
    """

    def __init__(
        self, *, memory_kibibytes: int = 19_456, iterations: int = 2, parallelism: int = 1, threads: int = 2
    ) -> None:
        hasher = Argon2Hasher(time_cost=iterations, memory_cost=memory_kibibytes, parallelism=parallelism)
        self._passwords = PasswordHash((hasher,))
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """Return the encoded hash, with its parameters and a fresh salt (PHC string format)."""
        return await self._off_loop(self._passwords.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether a password is right; with no hash, take as long and say no."""
        return await self._off_loop(self._verify, password, password_hash)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _off_loop(self, work: Callable[..., Answer], *arguments: object) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def _verify(self, password: str, password_hash: str | None) -> bool:
        if password_hash is not None:
            return self._passwords.verify(password, password_hash)
        if self._decoy is None:
            self._decoy = self._passwords.hash("decoy")
        self._passwords.verify(password, self._decoy)
        return False
