"""How providers are called: one request, one bounded answer, nothing followed."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Answer(NamedTuple):
    """What a provider answered, whatever its status."""

    status: int
    body: bytes = b""


class Transport(Protocol):
    """Calls a provider. It follows no redirect, waits a bounded time, and reads a bounded answer."""

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> Answer:
        """Send a request.

        Raises:
            ProviderUnavailable: There is no answer in time.
            OidcRefused: The URL may not be called, or the answer is too long.
        """
        ...
