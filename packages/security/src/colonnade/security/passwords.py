"""Passwords: Argon2id (RFC 9106), off the event loop, a few at a time, and with a short queue."""

import base64
import os

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "passwords", "pwdlib", "argon2")

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from colonnade.security.threads import FewThreads

_SALT_BYTES, _HASH_BYTES = 16, 32


class Argon2Passwords:
    """Hashes and verifies passwords in threads of its own, so that a rush of sign-ins leaves the rest alone.

    Args:
        memory_kibibytes: Memory per hash.
        iterations: Passes over it.
        parallelism: Lanes.
        threads: How many hashes run at once.
        waiting: How many more may wait; whoever comes then is sent away, since the last in a long queue would have
            gone by the time of the answer.
    """

    def __init__(
        self,
        *,
        memory_kibibytes: int = 19_456,
        iterations: int = 2,
        parallelism: int = 1,
        threads: int = 2,
        waiting: int = 64,
    ) -> None:
        self._hasher = Argon2Hasher(time_cost=iterations, memory_cost=memory_kibibytes, parallelism=parallelism)
        self._passwords = PasswordHash((self._hasher,))
        self._threads = FewThreads("argon2", threads=threads, waiting=waiting)
        self._decoy = _decoy(memory_kibibytes, iterations, parallelism)

    async def hash(self, password: str) -> str:
        """Return the encoded hash, with its parameters and a fresh salt (PHC string format).

        Raises:
            Unavailable: Too many wait already.
        """
        return await self._threads.run(self._passwords.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Tell whether a password is right; with no hash, take as long and say no.

        Raises:
            Unavailable: Too many wait already.
        """
        right = await self._threads.run(self._passwords.verify, password, password_hash or self._decoy)
        return right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made with other parameters than hashes are made with now."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.close()


def _decoy(memory: int, iterations: int, parallelism: int) -> str:
    """Return a hash that takes as long as any other to check, and that no password has."""
    salt, digest = (base64.b64encode(os.urandom(size)).rstrip(b"=").decode() for size in (_SALT_BYTES, _HASH_BYTES))
    return f"$argon2id$v=19$m={memory},t={iterations},p={parallelism}${salt}${digest}"
