"""A key ring in a file that many processes share: rotated by one of them, followed by all."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from colonnade.core import Clock, Invalid
from colonnade.security.keys.algorithms import Algorithm
from colonnade.security.keys.file import edition_of, locked, replace_private_file
from colonnade.security.keys.records import dump, load
from colonnade.security.keys.rotation import KeyState, Ring, RingKey, find, rotated, withdrawn
from colonnade.security.keys.signing import SigningKey
from colonnade.security.keys.verifying import VerifyingKey
from colonnade.security.sealing import Sealer

_log = logging.getLogger("colonnade.keys")


class SigningKeys:
    """The ring in a file, which is made at the first start; its private keys are encrypted there.

    The file is looked at every few seconds, and at once when a key is asked for that is not known: made-up names cost a
    look at the file's date and no more. While it cannot be read, the keys that were known stay in use.

    Args:
        path: The file, on storage that all processes share.
        sealer: Encrypts the private keys.
        clock: Time.
        algorithm: What keys that are made from now on sign with.
        announce_seconds: How long a next key is published before it may sign.
        retire_seconds: How long a retired key verifies: longer than tokens are good.
        check_seconds: How often to look whether another process has changed the ring.
        adopt: A PEM file whose key is the first to sign if there is no ring yet, so that its tokens stay good.

    Raises:
        Invalid: The file holds something else, or what another secret encrypted; or there is nothing to adopt.
    """

    def __init__(
        self,
        path: Path,
        sealer: Sealer,
        clock: Clock,
        *,
        algorithm: Algorithm = "EdDSA",
        announce_seconds: float = 900,
        retire_seconds: float = 7200,
        check_seconds: float = 2,
        adopt: Path | None = None,
    ) -> None:
        self._path = path
        self._sealer = sealer
        self._clock = clock
        self._algorithm = algorithm
        self._announce = timedelta(seconds=announce_seconds)
        self._retire_seconds = retire_seconds
        self._check = timedelta(seconds=check_seconds)
        self._looking = threading.Lock()
        self._make(adopt)
        self._edition = edition_of(path)
        self._looked_at = clock.now()
        self._keep(self._read())

    @property
    def current(self) -> SigningKey:
        """The key that signs now."""
        self._look_in_time()
        return self._current

    def public(self, kid: str) -> VerifyingKey | None:
        """Return the public key with this name, if its signatures are good now."""
        self._look_in_time()
        if kid not in self._by_kid:
            self._look()
        found = self._by_kid.get(kid)
        return found.key.public if found is not None and self._verifies(found) else None

    def published(self) -> tuple[VerifyingKey, ...]:
        """Return all keys that others should know: the next, the current, and the retired ones that still verify."""
        return tuple(key.key.public for key in self.ring() if self._verifies(key))

    def ring(self) -> Ring:
        """Return all keys of the file: the next, the current, and the retired ones, the latest first."""
        self._look()
        return self._ring

    def rotate(self, at: datetime, *, at_once: bool = False) -> None:
        """Let the next key sign, retire the current one, and make a new next key.

        Args:
            at: Now.
            at_once: Whether the next key may sign before all others can know it.

        Raises:
            Conflict: The next key may not sign yet.
        """
        fresh = self._next(at)
        self._change(lambda ring: rotated(ring, fresh, at, retire_seconds=self._retire_seconds, at_once=at_once))

    def retire(self, kid: str, at: datetime) -> None:
        """Take a key off the ring: its tokens are refused from now on. The next key takes the place of the current one.

        Raises:
            NotFound: It is not on the ring.
        """
        fresh = self._next(at)
        self._change(lambda ring: withdrawn(ring, kid, fresh, at))

    def _make(self, adopt: Path | None) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists():
            return
        with locked(self._path.parent) as folder:
            if self._path.exists():
                return
            now = self._clock.now()
            if adopt is not None and not adopt.exists():
                raise Invalid(f"{adopt} is not there, whose key is to sign first")
            first = SigningKey.generate(self._algorithm) if adopt is None else SigningKey.from_file(adopt)
            ring = (self._next(now), RingKey(first, KeyState.CURRENT, now))
            replace_private_file(self._path, dump(ring, self._sealer), folder)

    def _next(self, at: datetime) -> RingKey:
        return RingKey(SigningKey.generate(self._algorithm), KeyState.NEXT, at + self._announce)

    def _change(self, change: Callable[[Ring], Ring]) -> None:
        with locked(self._path.parent) as folder:
            ring = change(self._read())
            replace_private_file(self._path, dump(ring, self._sealer), folder)
        self._look()

    def _verifies(self, key: RingKey) -> bool:
        return key.verifies(self._clock.now(), self._retire_seconds)

    def _look_in_time(self) -> None:
        now = self._clock.now()
        if abs(now - self._looked_at) >= self._check:
            self._looked_at = now
            self._look()

    def _look(self) -> None:
        """Read the file again if it is another one than the last time."""
        with self._looking:
            edition = edition_of(self._path)
            if edition == self._edition:
                return
            try:
                self._keep(self._read())
            except Invalid as error:
                _log.error("the keys known before stay in use: %s", error.message)
                if isinstance(error.__cause__, OSError) and edition is not None:
                    return  # it is there, so it is read again the next time: it may tell of a key that is retired
            self._edition = edition

    def _read(self) -> Ring:
        try:
            return load(self._path.read_bytes(), self._sealer)
        except OSError as error:
            raise Invalid(f"the key ring {self._path} cannot be read: {error.strerror}") from error
        except Invalid as error:
            raise Invalid(f"the key ring {self._path} cannot be used: {error.message}") from error

    def _keep(self, ring: Ring) -> None:
        self._by_kid = {key.key.kid: key for key in ring}
        self._ring = ring
        self._current = find(ring, KeyState.CURRENT).key
