"""Hand out secrets that are good once, and take them back."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from colonnade.application.identity.ports import IdentitySettings
from colonnade.core import Clock, NotFound, UserId, new_id
from colonnade.domain.identity import OneTimeSecret, Purpose, SecretId, SecretRefused, SecretRepository


def hashed(secret: str) -> str:
    """Return what is kept of a random secret: SHA-256, hexadecimal; random secrets need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


class OneTimeSecrets:
    """The secrets of one unit of work."""

    def __init__(self, repository: SecretRepository, settings: IdentitySettings, clock: Clock) -> None:
        self._repository = repository
        self._seconds = settings.secret_seconds
        self._clock = clock

    async def issue(self, user_id: UserId, purpose: Purpose, *, facts: str | None = None) -> str:
        """Return a new secret in the form `<id>.<secret>`, safe in a URL."""
        secret_id, secret, now = new_id(SecretId), secrets.token_urlsafe(32), self._clock.now()
        issued = OneTimeSecret.issue(
            secret_id,
            user_id=user_id,
            purpose=purpose,
            secret_hash=hashed(secret),
            at=now,
            expires_at=now + timedelta(seconds=self._seconds[purpose]),
            facts=facts,
        )
        await self._repository.add(issued)
        return f"{secret_id}.{secret}"

    async def use(self, presented: str, purpose: Purpose) -> OneTimeSecret:
        """Use a secret up and return what it stood for.

        Raises:
            SecretRefused: It is not good, or not any more.
        """
        found = await self.find(presented, purpose)
        found.withdraw(at=self._clock.now())
        return found

    async def find(self, presented: str, purpose: Purpose) -> OneTimeSecret:
        """Return what a good secret stands for, without using it up.

        Raises:
            SecretRefused: It is not good, or not any more.
        """
        secret_id, _, secret = presented.partition(".")
        try:
            found = await self._repository.get(SecretId(UUID(secret_id)))
        except (NotFound, ValueError):
            raise SecretRefused("this is not good, or not any more: ask for another one") from None
        found.require_good(hashed(secret), purpose, at=self._clock.now())
        return found
