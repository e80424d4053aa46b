"""Which passwords are good enough: hard to guess, and not on the lists of thieves."""

from collections.abc import Collection

from colonnade.security.breaches import BreachCheck
from colonnade.security.strength import StrengthCheck


class CheckedPasswords:
    """Checks the strength of passwords, and whether they were stolen if there is somebody to ask.

    Args:
        strength: Says how hard they are to guess.
        breaches: Whom to ask.
        words: What anybody would try first here: names of the company and of what it makes.
    """

    def __init__(
        self, strength: StrengthCheck, breaches: BreachCheck | None = None, words: Collection[str] = ()
    ) -> None:
        self._strength = strength
        self._breaches = breaches
        self._words = tuple(words)

    async def require_good(self, password: str, *, about: Collection[str]) -> None:
        """Check a password that somebody chooses.

        Args:
            password: The password.
            about: What is known of them: their address, their name.

        Raises:
            InvalidPassword: It is too easy to guess, or known to thieves.
        """
        await self._strength.require(password, about=(*about, *self._words))
        if self._breaches is not None:
            await self._breaches.require(password)
