"""Passwords that were stolen elsewhere, looked up so that nobody learns which one is asked for (k-anonymity).

The service gets the first five of forty hexadecimal digits of the SHA-1 and answers with all that begin so, padded to
a length that tells nothing (Pwned Passwords range API, https://haveibeenpwned.com/API/v3#PwnedPasswords).
"""

import hashlib
import logging

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "breaches", "httpx2")

import httpx2

from colonnade.security.invalid_password import InvalidPassword

_log = logging.getLogger("colonnade.security.breaches")

_PREFIX = 5


class BreachCheck:
    """Refuses passwords that thieves have lists of.

    Args:
        url: Where ranges are asked for, such as `https://api.pwnedpasswords.com/range/`.
        timeout_seconds: How long an answer may take. Without one every password passes: an outage elsewhere must not
            keep people out.
        transport: Another way to the service than the network.
    """

    def __init__(
        self, url: str, *, timeout_seconds: float = 2.0, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._url = url.rstrip("/")
        self._http = httpx2.AsyncClient(
            timeout=timeout_seconds,
            transport=transport,
            headers={"Add-Padding": "true", "User-Agent": "colonnade"},
            follow_redirects=False,
        )

    async def require(self, password: str) -> None:
        """Check a password.

        Raises:
            InvalidPassword: It is known to thieves.
        """
        seen = await self.seen(password)
        if seen:
            raise InvalidPassword(
                "this password was stolen from another service and is on lists that attackers use: choose another one",
                field="password",
                seen=seen,
            )

    async def seen(self, password: str) -> int | None:
        """Return how often a password was stolen, or none if that cannot be learnt now."""
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        try:
            answer = await self._http.get(f"{self._url}/{digest[:_PREFIX]}")
            answer.raise_for_status()
        except httpx2.HTTPError as error:
            _log.warning("whether passwords were stolen cannot be checked now: %s", type(error).__name__)
            return None
        for line in answer.text.splitlines():
            suffix, _, count = line.strip().partition(":")
            if suffix == digest[_PREFIX:] and count.isdecimal():
                return int(count)
        return 0

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()
