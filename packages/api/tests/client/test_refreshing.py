"""An expired access token is exchanged once, however many requests find it expired."""

import asyncio
import json
from collections import Counter
from itertools import count

import httpx2
import pytest
from pydantic import BaseModel

from colonnade.api import Contract
from colonnade.api.client import HttpBus, MemoryCredentials, Tokens
from colonnade.application import PUBLIC, SIGNED_IN, Command, Query
from colonnade.core import Unauthenticated

from .scripted import QUICK, good, refused


class Pair(BaseModel):
    """Fresh tokens."""

    access_token: str
    refresh_token: str


class Exchange(Command[Pair], name="refreshing.exchange", requires=PUBLIC):
    """Exchange a refresh token."""

    refresh_token: str


class Ask(Query[str], name="refreshing.ask", requires=SIGNED_IN):
    """Ask something."""

    question: int = 0


class Enter(Command[str], name="refreshing.enter", requires=PUBLIC):
    """Something anybody may send."""


CONTRACT = Contract("refreshing")
CONTRACT.post("/tokens", Exchange, idempotency=None, session="refreshes")
CONTRACT.get("/answers", Ask)
CONTRACT.post("/door", Enter)


class Keeper(httpx2.AsyncBaseTransport):
    """A server whose tokens expire and whose refresh tokens rotate.

    The former token may come once more, since its answer may have been lost; any other use ends the family.
    """

    def __init__(self, *, refuses: bool = False, loses: int = 0) -> None:
        self.seen = Counter[str]()
        self.exchanges: list[httpx2.Request] = []
        self._refuses = refuses
        self._loses = loses
        self._numbers = count(1)
        self._refresh = "r0"
        self._former: str | None = None
        self._good: str | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        self.seen[request.url.path.rsplit("/", 1)[-1]] += 1
        await asyncio.sleep(0)
        if request.url.path.endswith("/tokens"):
            return self._exchange(request)
        if request.url.path.endswith("/door"):
            return refused(401, "unauthenticated")
        if request.headers.get("authorization") != f"Bearer {self._good}":
            return refused(401, "unauthenticated")
        return good("yes")

    def _exchange(self, request: httpx2.Request) -> httpx2.Response:
        self.exchanges.append(request)
        if self._refuses:
            return refused(401, "identity.refresh_refused")
        presented = json.loads(request.content)["refresh_token"]
        if presented not in {self._refresh, self._former}:
            self._refuses = True
            return refused(401, "identity.refresh_refused")
        self._former = self._refresh if presented == self._refresh else None
        number = next(self._numbers)
        self._good, self._refresh = f"a{number}", f"r{number}"
        if self._loses:
            self._loses -= 1
            raise httpx2.ReadError("the connection was reset")
        return good({"access_token": self._good, "refresh_token": self._refresh})


def bus_of(keeper: Keeper, credentials: MemoryCredentials | None = None, *, can_refresh: bool = True) -> HttpBus:
    return HttpBus(
        "http://keeper",
        CONTRACT,
        credentials=credentials or MemoryCredentials(Tokens("a0", "r0")),
        refresh_with=(lambda tokens: Exchange(refresh_token=tokens.refresh_token)) if can_refresh else None,
        retries=QUICK,
        transport=keeper,
    )


async def test_an_expired_token_is_exchanged_behind_the_scenes() -> None:
    """The sender gets its answer, and the new tokens are kept."""
    keeper, credentials = Keeper(), MemoryCredentials(Tokens("a0", "r0"))
    async with bus_of(keeper, credentials) as bus:
        assert await bus.send(Ask()) == "yes"
        assert await bus.send(Ask()) == "yes"
    assert credentials.load() == Tokens("a1", "r1")
    assert keeper.seen == {"answers": 3, "tokens": 1}


async def test_twenty_requests_exchange_once() -> None:
    """One does it for all; a second exchange would end the sign-in."""
    keeper = Keeper()
    async with bus_of(keeper) as bus:
        assert await asyncio.gather(*(bus.send(Ask(question=number)) for number in range(20))) == ["yes"] * 20
    assert keeper.seen["tokens"] == 1


async def test_a_refused_exchange_signs_out() -> None:
    """The tokens are worth nothing any more."""
    credentials = MemoryCredentials(Tokens("a0", "r0"))
    async with bus_of(Keeper(refuses=True), credentials) as bus:
        with pytest.raises(Unauthenticated):
            await bus.send(Ask())
    assert credentials.load() is None


async def test_twenty_requests_are_refused_once() -> None:
    """What was refused for one is not tried again for the others."""
    keeper = Keeper(refuses=True)
    async with bus_of(keeper) as bus:
        answers = await asyncio.gather(
            *(bus.send(Ask(question=number)) for number in range(20)), return_exceptions=True
        )
    assert all(isinstance(answer, Unauthenticated) for answer in answers)
    assert keeper.seen["tokens"] == 1


async def test_an_exchange_whose_answer_was_lost_is_repeated() -> None:
    """The server did it; the former token is good once more, and under no key would its answer be kept."""
    keeper, credentials = Keeper(loses=1), MemoryCredentials(Tokens("a0", "r0"))
    async with bus_of(keeper, credentials) as bus:
        assert await bus.send(Ask()) == "yes"
    assert [json.loads(request.content)["refresh_token"] for request in keeper.exchanges] == ["r0", "r0"]
    assert not any("idempotency-key" in request.headers for request in keeper.exchanges)
    assert credentials.load() == Tokens("a2", "r2")


async def test_without_a_way_to_refresh_the_refusal_is_told() -> None:
    """Nothing else is sent."""
    keeper = Keeper()
    async with bus_of(keeper, can_refresh=False) as bus:
        with pytest.raises(Unauthenticated, match="no way to refresh"):
            await bus.send(Ask())
    assert keeper.seen == {"answers": 1}


async def test_a_refused_public_message_exchanges_nothing() -> None:
    """A wrong password is no reason to refresh."""
    keeper = Keeper()
    async with bus_of(keeper) as bus:
        with pytest.raises(Unauthenticated):
            await bus.send(Enter())
    assert keeper.seen == {"door": 1}


async def test_a_fresh_token_that_is_refused_as_well_is_not_exchanged_again() -> None:
    """There is no circle."""

    class Stubborn(Keeper):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            answer = await super().handle_async_request(request)
            return refused(401, "unauthenticated") if request.url.path.endswith("/answers") else answer

    keeper = Stubborn()
    async with bus_of(keeper) as bus:
        with pytest.raises(Unauthenticated):
            await bus.send(Ask())
    assert keeper.seen == {"answers": 2, "tokens": 1}
