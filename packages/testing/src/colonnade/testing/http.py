"""A server in the test's own process, with a client beside it: no port, no thread, no waiting."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "api", "starlette", "httpx2")

import httpx2

from colonnade.api.client import Credentials, HttpBus, RetrySettings
from colonnade.api.contract import Contract
from colonnade.api.http import Authenticator, create_application
from colonnade.application.messaging import Bus, Caller
from colonnade.core import ColonnadeError, Unauthenticated

BASE_URL = "http://testserver"
_QUICK = RetrySettings(attempts=3, first_pause_seconds=0.0, longest_pause_seconds=0.0)


class KnownTokens:
    """An authenticator that knows some tokens by heart."""

    def __init__(self, callers: dict[str, Caller]) -> None:
        self._callers = callers

    async def authenticate(self, token: str) -> Caller:
        """Return whoever a token stands for.

        Raises:
            Unauthenticated: Nobody.
        """
        try:
            return self._callers[token]
        except KeyError:
            raise Unauthenticated("nobody has this token") from None


@asynccontextmanager
async def http_client(
    contract: Contract, bus: Bus, authenticator: Authenticator | None = None
) -> AsyncIterator[httpx2.AsyncClient]:
    """Serve a contract and give a plain HTTP client for it.

    Args:
        contract: The table.
        bus: Who answers the messages.
        authenticator: Who knows the callers; nobody is known if not said.
    """
    application = create_application(contract, bus, authenticator or KnownTokens({}))
    transport = httpx2.ASGITransport(application)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield client


@asynccontextmanager
async def http_bus(
    contract: Contract,
    bus: Bus,
    authenticator: Authenticator | None = None,
    *,
    credentials: Credentials | None = None,
    errors: Iterable[type[ColonnadeError]] = (),
) -> AsyncIterator[HttpBus]:
    """Serve a contract and give the typed client for it, which never waits between tries.

    Args:
        contract: The table.
        bus: Who answers the messages.
        authenticator: Who knows the callers; nobody is known if not said.
        credentials: The tokens to send.
        errors: Error classes to raise beside those of the packages in use.
    """
    application = create_application(contract, bus, authenticator or KnownTokens({}))
    client = HttpBus(
        BASE_URL,
        contract,
        credentials=credentials,
        retries=_QUICK,
        errors=errors,
        transport=httpx2.ASGITransport(application),
    )
    async with client:
        yield client
