"""The way to a real identity provider and back, and what its metadata cannot make us call."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from colonnade.application.identity.federation_ports import ArrivalRefused
from colonnade.core import NotFound, UserId, new_id
from colonnade.infrastructure.identity.federation import Federation, Wish
from colonnade.infrastructure.identity.provider_transport import OutboundTransport
from colonnade.infrastructure.identity.tickets import Tickets
from colonnade.infrastructure.outbound import OutboundHttp, OutboundSettings
from colonnade.security.oidc import OidcClient, OidcReason, OidcRefused, ProviderSettings, ProviderUnavailable
from colonnade.security.sealing import Sealer

from .borrowed import borrowed

running = borrowed("oidc/running")
LOOPBACK = (ip_network("127.0.0.1/32"),)


class NowClock:
    """The machine's clock, put forward by the test."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def process() -> Iterator[Any]:
    """The provider's process."""
    with running.running_provider() as provider:
        yield provider


@pytest.fixture
def provider(process: Any) -> Any:
    """The provider, well behaved."""
    process.behave()
    return process


@pytest.fixture
def clock() -> NowClock:
    """A clock."""
    return NowClock()


def federation_of(provider: Any, clock: NowClock, **limits: Any) -> Federation:
    """Return the way to a provider under two names."""
    settings = ProviderSettings(issuer=provider.issuer, client_id=running.CLIENT, client_secret=running.SECRET)
    outbound = OutboundSettings(**{"allowed_networks": LOOPBACK, "timeout_seconds": 2.0, **limits})
    transport = OutboundTransport(OutboundHttp(outbound))
    return Federation(
        {name: OidcClient(settings, transport, clock) for name in ("house", "other")},
        Tickets(Sealer(bytes(32), "federation"), clock),
        public_url="https://colonnade.example/",
    )


async def test_there_and_back(provider: Any, clock: NowClock) -> None:
    """What was wanted at the beginning is known in the end; the browser reads and alters nothing of it."""
    federation, wish = federation_of(provider, clock), Wish("/projects", new_id(UserId), "c" * 43)
    url, ticket = await federation.depart("house", wish)
    answer = provider.visit(url)
    trip = federation.recall("house", ticket, answer["state"])
    arrival = federation.read(await federation.arrive(trip, answer))

    assert "redirect_uri=https%3A%2F%2Fcolonnade.example%2Fsign-in%2Foidc%2Fhouse%2Fcallback" in url
    assert trip.wish == wish
    assert trip.transaction.verifier not in ticket
    assert (arrival.account.provider, arrival.account.issuer, arrival.account.subject) == (
        "house",
        provider.issuer,
        "ada",
    )
    assert (arrival.for_user, arrival.challenge) == (wish.for_user, wish.challenge)


async def test_a_browser_that_did_not_begin_is_not_taken_back(provider: Any, clock: NowClock) -> None:
    """Neither with another one's state, nor from another provider, nor with a ticket that is altered, old or a code."""
    federation = federation_of(provider, clock)
    (_, mine), (theirs, _) = await federation.depart("house", Wish()), await federation.depart("house", Wish())
    (url, _), their_state = await federation.depart("house", Wish()), provider.visit(theirs)["state"]
    answer = provider.visit(url)
    url, ticket = await federation.depart("house", Wish())
    answer = provider.visit(url)
    code = await federation.arrive(federation.recall("house", ticket, answer["state"]), answer)
    swapped = ticket[:40] + ("A" if ticket[40] != "A" else "B") + ticket[41:]
    for provider_name, brought, state in (
        ("house", mine, their_state),
        ("house", ticket, ""),
        ("other", ticket, answer["state"]),
        ("house", swapped, answer["state"]),
        ("house", code, answer["state"]),
        ("house", "", answer["state"]),
        ("house", "é", answer["state"]),
    ):
        with pytest.raises(ArrivalRefused):
            federation.recall(provider_name, brought, state)
    with pytest.raises(ArrivalRefused):
        federation.read(ticket)
    clock.ahead = timedelta(minutes=1)
    with pytest.raises(ArrivalRefused):
        federation.read(code)
    clock.ahead = timedelta(minutes=10)
    with pytest.raises(ArrivalRefused):
        federation.recall("house", ticket, answer["state"])


async def test_linking_begins_at_an_address_of_ones_own(provider: Any, clock: NowClock) -> None:
    """For one provider and for a while."""
    federation, user_id = federation_of(provider, clock), new_id(UserId)
    url = federation.url("house", user_id, None)
    assert url.startswith("https://colonnade.example/sign-in/oidc/house?link=")
    ticket = url.partition("=")[2]
    assert federation.link_wish("house", ticket) == Wish(for_user=user_id)
    with pytest.raises(ArrivalRefused):
        federation.link_wish("other", ticket)
    clock.ahead = timedelta(minutes=10)
    with pytest.raises(ArrivalRefused):
        federation.link_wish("house", ticket)
    with pytest.raises(NotFound):
        await federation.depart("evil", Wish())


@asynccontextmanager
async def somebody_inside() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A service of our own network on another loopback address, and what it heard."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.2", 0) as server:
        yield f"http://127.0.0.2:{server.sockets[0].getsockname()[1]}/", heard


@pytest.mark.parametrize("endpoint", ["jwks_uri", "token_endpoint", "userinfo_endpoint"])
async def test_metadata_does_not_lead_into_our_own_network(provider: Any, clock: NowClock, endpoint: str) -> None:
    """A provider names an address of ours, which is not called; only the network is allowed that its operator named."""
    async with somebody_inside() as (inside, heard):
        federation = federation_of(provider, clock)
        provider.behave(discovery={endpoint: inside}, missing=["email"])
        url, ticket = await federation.depart("house", Wish())
        answer = provider.visit(url)
        with pytest.raises(OidcRefused) as refused:
            await federation.arrive(federation.recall("house", ticket, answer["state"]), answer)
    assert refused.value.facts["reason"] == OidcReason.PROVIDER
    assert heard == []


async def test_a_redirect_of_the_provider_is_not_followed(provider: Any, clock: NowClock) -> None:
    """Wherever it leads."""
    async with somebody_inside() as (inside, heard):
        provider.behave(redirect={"/.well-known/openid-configuration": inside})
        with pytest.raises(OidcRefused):
            await federation_of(provider, clock).depart("house", Wish())
    assert heard == []


async def test_a_private_provider_is_called_only_if_the_operator_allows_its_network(
    provider: Any, clock: NowClock
) -> None:
    """As every address that is not public."""
    with pytest.raises(OidcRefused):
        await federation_of(provider, clock, allowed_networks=()).depart("house", Wish())


async def test_an_answer_without_end_is_cut_off(provider: Any, clock: NowClock) -> None:
    """It is refused, also if what was read of it would do."""
    for behaviour in ({"padding": 100_000}, {"trailing": 100_000}):
        provider.behave(**behaviour)
        with pytest.raises(OidcRefused):
            await federation_of(provider, clock, body_limit_bytes=10_000).depart("house", Wish())


async def test_a_silent_provider_is_not_waited_for(provider: Any, clock: NowClock) -> None:
    """It is not available."""
    provider.behave(mute=["/.well-known/openid-configuration"])
    with pytest.raises(ProviderUnavailable):
        await federation_of(provider, clock, timeout_seconds=0.2).depart("house", Wish())
