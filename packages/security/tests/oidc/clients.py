"""A client of the provider, and going there and back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from colonnade.security.oidc import ExternalPerson, HttpTransport, OidcClient, OidcRefused, ProviderSettings

from .running import CLIENT, SECRET, RunningProvider

CALLBACK = "https://app.example.com/callback"


class NowClock:
    """The machine's clock, which the provider's process reads too, put forward by the test."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC) + self.ahead


def client_of(
    provider: RunningProvider, clock: NowClock, *, timeout_seconds: float = 2.0, **settings: Any
) -> OidcClient:
    """Return a client of the provider."""
    given = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET, **settings}
    transport = HttpTransport(timeout_seconds=timeout_seconds, body_limit_bytes=65_536)
    return OidcClient(ProviderSettings(**given), transport, clock)


async def signed_in(provider: RunningProvider, client: OidcClient) -> ExternalPerson:
    """Go there and back."""
    url, transaction = await client.begin(CALLBACK)
    return await client.finish(transaction, provider.visit(url))


async def refused(provider: RunningProvider, client: OidcClient) -> str:
    """Go there and back in vain, and return why."""
    with pytest.raises(OidcRefused) as error:
        await signed_in(provider, client)
    return str(error.value.facts["reason"])
