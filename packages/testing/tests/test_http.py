"""The server in the test's own process."""

import pytest

from colonnade.api.client import MemoryCredentials, Tokens
from colonnade.api.contract import Contract
from colonnade.application import PUBLIC, SIGNED_IN, Caller, Context, Handlers, LocalBus, Query
from colonnade.application.messaging import StaticResolver
from colonnade.application.messaging.behaviours import Authorising
from colonnade.core import Unauthenticated, UserId, new_id
from colonnade.testing.http import KnownTokens, http_bus, http_client


class Greet(Query[str], name="tests.greet", requires=PUBLIC):
    """Greet somebody."""

    name: str


class WhoAmI(Query[str], name="tests.who_am_i", requires=SIGNED_IN):
    """Say who asks."""


class Nothing:
    """A policy without permissions."""

    async def authorise(self, permission: object, message: object, caller: object) -> None:
        """Allow everything."""


handlers = Handlers()
contract = Contract("tests")
contract.get("/greetings/{name}", Greet)
contract.get("/me", WhoAmI)
ADA = Caller(new_id(UserId))


@handlers.handles(Greet)
async def greet(query: Greet) -> str:
    """Greet."""
    return f"Hello {query.name}"


@handlers.handles(WhoAmI)
async def who_am_i(query: WhoAmI, caller: Caller) -> str:
    """Say who asks."""
    return str(caller.user_id)


@pytest.fixture
async def bus() -> LocalBus:
    """A bus with the two handlers."""
    return await LocalBus.start(
        handlers=[handlers],
        resolver=StaticResolver({}),
        behaviours=[Authorising(Nothing())],
        messages=contract.messages(),
    )


async def test_a_plain_client_reaches_the_contract(bus: LocalBus) -> None:
    """What is served in process answers like any server."""
    async with http_client(contract, bus) as client:
        answer = await client.get("/api/v1/greetings/Ada")

    assert (answer.status_code, answer.json()) == (200, "Hello Ada")


async def test_the_typed_client_says_who_it_is(bus: LocalBus) -> None:
    """Known tokens stand for their callers."""
    credentials = MemoryCredentials(Tokens("ada's", ""))
    async with http_bus(contract, bus, KnownTokens({"ada's": ADA}), credentials=credentials) as client:
        assert await client.send(WhoAmI()) == str(ADA.user_id) == await bus.send(WhoAmI(), Context(ADA))


async def test_a_stranger_is_refused(bus: LocalBus) -> None:
    """A token that nobody knows is no token."""
    async with http_bus(contract, bus, credentials=MemoryCredentials(Tokens("guessed", ""))) as client:
        with pytest.raises(Unauthenticated):
            await client.send(WhoAmI())
