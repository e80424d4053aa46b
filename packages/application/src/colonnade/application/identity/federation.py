"""Sign in through an identity provider: come back with a code that is good once, link an account there, unlink it.

An account there is linked by its owner, who is signed in here, or makes a new account here. It never finds one by its
address: whoever gets a provider to say that an address is theirs would get the account of its owner.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from colonnade.application.identity.account_ports import NameRules
from colonnade.application.identity.federation_arrivals import ArrivalDesk
from colonnade.application.identity.federation_ports import (
    Departures,
    ExternalAccount,
    FederationSettings,
    ProviderOffer,
)
from colonnade.application.identity.opening import SignIns
from colonnade.application.identity.people import People
from colonnade.application.identity.secrets import WireSecret
from colonnade.application.identity.views import TokenPair
from colonnade.application.identity.ways import WaysIn, require_another_way
from colonnade.application.messaging import PUBLIC, SIGNED_IN, Caller, Command, Handlers, Query
from colonnade.application.views import View
from colonnade.core import Clock, Email, Invalid, NotFound, Page, PersonName, Unauthenticated, UserId, field, new_id
from colonnade.domain.identity import User, UserRepository
from colonnade.domain.identity.external import ExternalIdentity, ExternalIdentityRepository, LinkId

handlers = Handlers()

ArrivalCode = Annotated[WireSecret, Field(min_length=1, max_length=4096)]
ProviderName = Annotated[str, Field(min_length=1, max_length=40, pattern="^[a-z0-9-]+$", examples=["house"])]
Verifier = Annotated[
    WireSecret, Field(min_length=43, max_length=128, description="The origin of the challenge that you began with.")
]
Challenge = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{43}$", description="SHA-256 of a verifier, in base64url.")]


class ExternalUnknown(Unauthenticated):
    """Nobody here signs in with this account: sign in as usual and link it, if you have an account here."""

    code = "identity.external_unknown"
    keeps_changes = True


class ProviderView(View):
    """A provider that people can sign in through.

    Attributes:
        start: Path to open in the browser.
    """

    name: str
    title: str
    start: str


class LinkedProviderView(View):
    """An account of yours at a provider."""

    id: UUID
    provider: str
    issuer: str
    linked_at: datetime

    @classmethod
    def of(cls, linked: ExternalIdentity) -> "LinkedProviderView":
        """Return the view of a link."""
        return cls(id=linked.id, provider=linked.provider, issuer=linked.issuer, linked_at=linked.linked_at)


class LinkStart(View):
    """Where linking begins: open it in the browser."""

    url: str = Field(repr=False)


class ListProviders(Query[Page[ProviderView]], name="identity.providers", requires=PUBLIC):
    """List the providers that people can sign in through."""


class ListLinkedProviders(Query[Page[LinkedProviderView]], name="identity.linked_providers", requires=SIGNED_IN):
    """List your accounts at providers, the oldest link first."""


class LinkProvider(Command[LinkStart], name="identity.link_provider", requires=SIGNED_IN, step_up=True):
    """Begin to link an account of yours at a provider."""

    provider: ProviderName
    challenge: Challenge | None = None


class FinishLink(Command[LinkedProviderView], name="identity.finish_link", requires=SIGNED_IN):
    """Link the account that you have come back with."""

    code: ArrivalCode
    verifier: Verifier | None = None


class UnlinkProvider(Command[None], name="identity.unlink_provider", requires=SIGNED_IN, step_up=True):
    """Let an account at a provider sign you in no more, unless it is your last way to sign in."""

    link_id: UUID


class RedeemSignIn(Command[TokenPair], name="identity.redeem_sign_in", requires=PUBLIC):
    """Sign in with the code that you have come back with from a provider; it is good once and for a minute."""

    code: ArrivalCode
    verifier: Verifier | None = None


@handlers.handles(LinkProvider)
async def link_provider(
    command: LinkProvider, caller: Caller, departures: Departures, settings: FederationSettings
) -> LinkStart:
    """Say where to begin; only the caller can finish."""
    if command.provider not in settings.providers:
        raise NotFound("there is no such provider", field="provider")
    return LinkStart(url=departures.url(command.provider, caller.user_id, command.challenge))


@handlers.handles(FinishLink)
async def finish_link(
    command: FinishLink, caller: Caller, desk: ArrivalDesk, externals: ExternalIdentityRepository, clock: Clock
) -> LinkedProviderView:
    """Link the account to the caller, if it was the caller who began."""
    account = await desk.receive(command.code, command.verifier, for_user=caller.user_id)
    linked = _linked(caller.user_id, account, clock.now())
    await externals.add(linked)
    return LinkedProviderView.of(linked)


@handlers.handles(UnlinkProvider)
async def unlink_provider(
    command: UnlinkProvider, caller: Caller, externals: ExternalIdentityRepository, ways: WaysIn, clock: Clock
) -> None:
    """Unlink one of the caller's accounts."""
    linked = await externals.get(LinkId(command.link_id))
    if linked.user_id != caller.user_id or linked.unlinked_at is not None:
        raise NotFound("there is no such link", field="link_id")
    await require_another_way(ways, caller.user_id, linked.id)
    linked.unlink(at=clock.now())


@handlers.handles(RedeemSignIn)
async def redeem_sign_in(
    command: RedeemSignIn,
    desk: ArrivalDesk,
    externals: ExternalIdentityRepository,
    users: UserRepository,
    people: People,
    names: NameRules,
    settings: FederationSettings,
    sign_ins: SignIns,
    clock: Clock,
) -> TokenPair:
    """Find whom the account signs in, or make an account here, then open a session."""
    account = await desk.receive(command.code, command.verifier, for_user=None)
    theirs = (field("issuer") == account.issuer) & (field("subject") == account.subject)
    known = await externals.matching(theirs, limit=1)
    offer = settings.providers.get(account.provider)
    if known:
        user = await users.get(known[0].user_id)
        if user.erased_at is not None:
            raise ExternalUnknown("nobody here signs in with this account")
        return await _signed_in(user.id, account, offer, sign_ins)
    if offer is None or not offer.may_register:
        raise ExternalUnknown("nobody here signs in with this account: sign in as usual and link it first")
    user = await _new_user(account, people, names, clock.now())
    await users.add(user)
    await externals.add(_linked(user.id, account, clock.now()))
    return await _signed_in(user.id, account, offer, sign_ins)


async def _signed_in(
    user_id: UserId, account: ExternalAccount, offer: ProviderOffer | None, sign_ins: SignIns
) -> TokenPair:
    """Open a session in which they proved who they are when they did so to the provider, not now."""
    methods = {"fed", "mfa"} if "mfa" in account.methods else {"fed"}
    asks = offer is None or offer.asks_second_factor
    return await sign_ins.proceed(user_id, methods, proved_at=account.signed_in_at, asks_second_factor=asks)


async def _new_user(account: ExternalAccount, people: People, names: NameRules, now: datetime) -> User:
    """Return a new account for somebody with an address that is theirs, passes for no other and is of nobody here.

    Raises:
        ExternalUnknown: There is no such address.
    """
    try:
        email = Email(account.email or "")
        names.require_clear_address(email)
    except Invalid:
        raise ExternalUnknown("the identity provider tells no address of yours that can be used here") from None
    if not account.email_verified:
        raise ExternalUnknown("the identity provider does not say that your address is yours")
    try:
        await people.by_email(email)
    except NotFound:
        user = User.register(new_id(UserId), email=email, name=_name(account, email, names), password_hash=None, at=now)
        user.confirm_email(at=now)
        return user
    raise ExternalUnknown("somebody here has your address: if it is you, sign in as usual and link this account")


def _name(account: ExternalAccount, email: Email, names: NameRules) -> PersonName:
    try:
        name = PersonName(account.name or "")
        names.require_clear_name(name)
    except Invalid:
        return PersonName(email.partition("@")[0])
    return name


def _linked(user_id: UserId, account: ExternalAccount, now: datetime) -> ExternalIdentity:
    return ExternalIdentity.link(
        new_id(LinkId),
        user_id=user_id,
        provider=account.provider,
        issuer=account.issuer,
        subject=account.subject,
        at=now,
    )
