"""What the use cases of identity providers need from outside."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from colonnade.core import Unauthenticated, UserId


class ArrivalRefused(Unauthenticated):
    """The code is not good, or not any more: begin again. A second use is noted."""

    code = "identity.arrival_refused"
    keeps_changes = True


class ExternalAccount(NamedTuple):
    """Whom an identity provider says somebody is.

    Attributes:
        provider: What the operator calls the provider.
        issuer: What it calls itself.
        subject: What it calls the account, for ever.
        email: An address, if one was told; it says nothing about whose account here is meant.
        email_verified: Whether the provider says that the address is theirs.
        name: What they are called, if it was told.
        signed_in_at: When they proved to the provider who they are, if it was told.
        methods: How they did, in the terms of RFC 8176, as far as it was told.
    """

    provider: str
    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    signed_in_at: datetime | None = None
    methods: tuple[str, ...] = ()


class Arrival(NamedTuple):
    """Somebody who has come back from a provider, and what for.

    Attributes:
        account: Whom the provider says they are.
        for_user: Who wants to link the account; none if somebody wants to sign in.
        challenge: What whoever began must prove to know the origin of (RFC 7636, S256), if they said so.
        mark: Name of this arrival, which is good once.
        until: When it stops being good.
    """

    account: ExternalAccount
    for_user: UserId | None
    challenge: str | None
    mark: str
    until: datetime


class Arrivals(Protocol):
    """Reads the codes with which people come back."""

    def read(self, code: str) -> Arrival:
        """Return what a code stands for; it may have been used.

        Raises:
            ArrivalRefused: It is not one of ours, or too old.
        """
        ...


class Departures(Protocol):
    """Knows where people begin who want to link a provider."""

    def url(self, provider: str, user_id: UserId, challenge: str | None) -> str:
        """Return an address, good for a while, to open in the browser."""
        ...


class UsedMarks(Protocol):
    """What was used already, within the unit of work."""

    async def take(self, mark: str, until: datetime) -> bool:
        """Put a mark if nobody has, and tell whether it was this call that put it."""
        ...


class ProviderOffer(NamedTuple):
    """A provider that people can sign in through.

    Attributes:
        title: What people call it.
        may_register: Whether whoever has no account here gets one by signing in.
        asks_second_factor: Whether whoever has a second factor here is asked for it, unless the provider says that it
            asked for one.
    """

    title: str
    may_register: bool = False
    asks_second_factor: bool = True


class FederationSettings(NamedTuple):
    """What an operator decides about identity providers.

    Attributes:
        providers: Those that there are, by name.
    """

    providers: Mapping[str, ProviderOffer]
