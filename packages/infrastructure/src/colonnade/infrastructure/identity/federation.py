"""The way to an identity provider and back: what goes along in the browser, and what comes of it."""

import hmac
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from colonnade.application.identity.federation_ports import Arrival, ArrivalRefused, ExternalAccount
from colonnade.core import NotFound, UserId
from colonnade.infrastructure.identity.tickets import Tickets
from colonnade.security.oidc import OidcClient, Transaction

START = "/sign-in/oidc/{provider}"
"""Path at which people leave for a provider; they come back below it."""

_TRIP, _ARRIVAL, _DEPARTURE = "oidc trip", "oidc arrival", "oidc departure"


class Wish(NamedTuple):
    """What somebody wants who leaves for a provider.

    Attributes:
        next_path: Where they go afterwards, on our own pages.
        for_user: Who wants to link an account; none to sign in.
        challenge: What whoever takes the code must prove to know the origin of.
        by_cookie: Whether the browser is to be signed in itself, by a cookie.
        anew: Whether the provider is to ask who they are although they are signed in there.
    """

    next_path: str | None = None
    for_user: UserId | None = None
    challenge: str | None = None
    by_cookie: bool = False
    anew: bool = False


class Trip(NamedTuple):
    """Somebody who left and has come back.

    Attributes:
        mark: Name of the trip, which is made once.
        until: When it stops being good.
    """

    provider: str
    transaction: Transaction
    wish: Wish
    mark: str
    until: datetime


class Federation:
    """Takes people to providers and back.

    Args:
        clients: The providers, by name.
        tickets: What goes along in the browser.
        public_url: Where we are, as every provider knows it; never what a request says.
        trip_seconds: How long somebody may be away.
        arrival_seconds: How long the code is good with which they come back.
    """

    def __init__(
        self,
        clients: Mapping[str, OidcClient],
        tickets: Tickets,
        *,
        public_url: str,
        trip_seconds: int = 600,
        arrival_seconds: int = 60,
    ) -> None:
        self._clients = clients
        self._tickets = tickets
        self._public_url = public_url.rstrip("/")
        self.trip_seconds = trip_seconds
        self._arrival_seconds = arrival_seconds

    async def depart(self, provider: str, wish: Wish) -> tuple[str, str]:
        """Return where to send the browser, and the ticket that it must bring back.

        Raises:
            NotFound: There is no such provider.
            ProviderUnavailable: It does not answer.
            OidcRefused: It says what it must not.
        """
        client = self._client(provider)
        url, transaction = await client.begin(f"{self._start(provider)}/callback", anew=wish.anew)
        facts = {"provider": provider, "transaction": asdict(transaction), "wish": wish._asdict()}
        return url, self._tickets.write(_TRIP, facts, seconds=self.trip_seconds)

    def recall(self, provider: str, ticket: str, state: str) -> Trip:
        """Return the trip that a browser says to come back from.

        Args:
            provider: Where it comes from.
            ticket: What it brings, as it took it along.
            state: What the provider sends back.

        Raises:
            ArrivalRefused: It did not leave from here, for there, or lately; or the answer is another browser's.
        """
        facts, mark, until = self._tickets.read(_TRIP, ticket)
        transaction = Transaction(**facts["transaction"])
        if facts["provider"] != provider or not hmac.compare_digest(state.encode(), transaction.state.encode()):
            raise ArrivalRefused("this browser did not begin this: begin again")
        return Trip(provider, transaction, _wish(facts["wish"]), mark, until)

    async def arrive(self, trip: Trip, answer: Mapping[str, str]) -> str:
        """Return the code for what the provider says of somebody.

        Raises:
            OidcRefused: Its answer is not good.
            ProviderUnavailable: It does not answer.
        """
        person = await self._client(trip.provider).finish(trip.transaction, answer)
        facts = {
            "account": ExternalAccount(provider=trip.provider, **asdict(person))._asdict(),
            "for_user": trip.wish.for_user,
            "challenge": trip.wish.challenge,
        }
        return self._tickets.write(_ARRIVAL, facts, seconds=self._arrival_seconds)

    def read(self, code: str) -> Arrival:
        """Return what a code stands for; it may have been used.

        Raises:
            ArrivalRefused: It is not one of ours, or too old.
        """
        facts, mark, until = self._tickets.read(_ARRIVAL, code)
        for_user = facts["for_user"]
        return Arrival(
            account=_account(facts["account"]),
            for_user=None if for_user is None else UserId(UUID(for_user)),
            challenge=facts["challenge"],
            mark=mark,
            until=until,
        )

    def url(self, provider: str, user_id: UserId, challenge: str | None) -> str:
        """Return where somebody begins to link a provider; the address is good for a while."""
        facts = {"provider": provider, "for_user": user_id, "challenge": challenge}
        ticket = self._tickets.write(_DEPARTURE, facts, seconds=self.trip_seconds)
        return f"{self._start(provider)}?link={ticket}"

    def link_wish(self, provider: str, ticket: str) -> Wish:
        """Return what somebody wants who begins at such an address.

        Raises:
            ArrivalRefused: It is not one of ours, for another provider, or too old.
        """
        facts, _, _ = self._tickets.read(_DEPARTURE, ticket)
        if facts["provider"] != provider:
            raise ArrivalRefused("this is not good, or not any more: begin again")
        return Wish(for_user=UserId(UUID(facts["for_user"])), challenge=facts["challenge"])

    def _client(self, provider: str) -> OidcClient:
        if provider not in self._clients:
            raise NotFound("there is no such identity provider")
        return self._clients[provider]

    def _start(self, provider: str) -> str:
        return self._public_url + START.format(provider=provider)


def _account(facts: Mapping[str, Any]) -> ExternalAccount:  # JSON values
    moment = facts["signed_in_at"]
    return ExternalAccount(
        **{
            **facts,
            "signed_in_at": None if moment is None else datetime.fromisoformat(moment),
            "methods": tuple(facts["methods"]),
        }
    )


def _wish(facts: Mapping[str, object]) -> Wish:
    next_path, for_user, challenge = facts["next_path"], facts["for_user"], facts["challenge"]
    return Wish(
        next_path=None if next_path is None else str(next_path),
        for_user=None if for_user is None else UserId(UUID(str(for_user))),
        challenge=None if challenge is None else str(challenge),
        by_cookie=bool(facts["by_cookie"]),
    )
