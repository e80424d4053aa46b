"""Sign a device in by a code that a person types elsewhere (RFC 8628): what `colonnade login` does."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple, Protocol
from uuid import UUID

from pydantic import Field

from colonnade.application.identity.devices import device_of
from colonnade.application.identity.one_time import hashed
from colonnade.application.identity.opening import SignIns
from colonnade.application.identity.ports import IdentitySettings
from colonnade.application.identity.secrets import WireSecret
from colonnade.application.identity.views import TokenPair
from colonnade.application.messaging import PUBLIC, SIGNED_IN, Caller, Command, Context, Handlers, Query
from colonnade.application.views import View
from colonnade.core import Clock, LimitExceeded, NotFound, field, new_id
from colonnade.domain.identity.device_grant import (
    DeviceCodeExpired,
    DeviceGrant,
    DeviceGrantId,
    DeviceGrantRepository,
    NoSuchCode,
)

handlers = Handlers()

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so no words; nothing that looks like something else (RFC 8628, section 6.1)."""

_HALF = 4


class SlowDown(LimitExceeded):
    """The device asks more often than it was told to (RFC 8628, section 3.5)."""

    code = "slow_down"


class DeviceSettings(NamedTuple):
    """What an operator decides about devices.

    Attributes:
        code_seconds: How long a code may be typed.
        interval_seconds: How long a device waits between two questions.
        verification_url: Where people type codes.
    """

    code_seconds: int
    interval_seconds: int
    verification_url: str


class DevicePolls(Protocol):
    """Knows when devices asked last."""

    async def in_time(self, grant_id: DeviceGrantId, interval: timedelta) -> bool:
        """Note at once that a device asks, and tell whether it waited as long as it should."""
        ...


class DeviceCodes(View):
    """What a device that asked goes on with (RFC 8628, section 3.2)."""

    device_code: str = Field(repr=False)
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class DeviceRequestView(View):
    """A device that asks, as the person sees it who typed its code.

    Attributes:
        idle_seconds: After how long without use it is signed out, once it is let in.
        absolute_seconds: After how long it is in any case.
    """

    device: str
    address: str | None
    asked_at: datetime
    idle_seconds: int
    absolute_seconds: int


UserCode = Annotated[str, Field(min_length=8, max_length=20, examples=["BDFG-HJKL"])]


class AskForDevice(Command[DeviceCodes], name="device.ask", requires=PUBLIC):
    """Ask for a code to show, and for one to keep."""


class RedeemDevice(Command[TokenPair], name="device.redeem", requires=PUBLIC):
    """Ask whether somebody has let the device in; answers with tokens once they have."""

    device_code: Annotated[WireSecret, Field(min_length=1, max_length=200)]


class LookAtDevice(Query[DeviceRequestView], name="device.look", requires=SIGNED_IN):
    """Show which device shows a code, before you let it in."""

    user_code: UserCode


class DecideOnDevice(Command[DeviceRequestView], name="device.decide", requires=SIGNED_IN, step_up=True):
    """Let the device that shows a code act for you, or not."""

    user_code: UserCode
    approve: bool


@handlers.handles(AskForDevice)
async def ask_for_device(
    command: AskForDevice, grants: DeviceGrantRepository, settings: DeviceSettings, clock: Clock, context: Context
) -> DeviceCodes:
    """Make both codes; if two devices ever show the same one, neither is let in by it."""
    now, secret, grant_id = clock.now(), secrets.token_urlsafe(32), new_id(DeviceGrantId)
    user_code = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
    grant = DeviceGrant.ask(
        grant_id,
        device_digest=hashed(secret),
        user_digest=hashed(user_code),
        device=device_of(context),
        at=now,
        expires_at=now + timedelta(seconds=settings.code_seconds),
    )
    await grants.add(grant)
    shown = f"{user_code[:_HALF]}-{user_code[_HALF:]}"
    return DeviceCodes(
        device_code=f"{grant_id}.{secret}",
        user_code=shown,
        verification_uri=settings.verification_url,
        verification_uri_complete=f"{settings.verification_url}?code={shown}",
        expires_in=settings.code_seconds,
        interval=settings.interval_seconds,
    )


@handlers.handles(RedeemDevice)
async def redeem_device(
    command: RedeemDevice,
    grants: DeviceGrantRepository,
    polls: DevicePolls,
    sign_ins: SignIns,
    settings: DeviceSettings,
    clock: Clock,
) -> TokenPair:
    """Open a session for the device once somebody has let it in."""
    grant_id, _, secret = command.device_code.get_secret_value().partition(".")
    try:
        known = DeviceGrantId(UUID(grant_id))
    except ValueError:
        raise DeviceCodeExpired("this code is not good any more: begin again") from None
    if not await polls.in_time(known, timedelta(seconds=settings.interval_seconds)):
        raise SlowDown("ask less often", retry_after_seconds=settings.interval_seconds)
    try:
        grant = await grants.get(known)
    except NotFound:
        raise DeviceCodeExpired("this code is not good any more: begin again") from None
    if not secrets.compare_digest(hashed(secret), grant.device_digest):
        raise DeviceCodeExpired("this code is not good any more: begin again")
    user_id = grant.redeem(at=clock.now())
    return await sign_ins.open(user_id, {"user"})


@handlers.handles(DecideOnDevice)
async def decide_on_device(
    command: DecideOnDevice, grants: DeviceGrantRepository, caller: Caller, settings: IdentitySettings, clock: Clock
) -> DeviceRequestView:
    """Let the device in, or not."""
    grant = await _showing(command.user_code, grants, clock)
    grant.decide(caller.user_id, approve=command.approve, at=clock.now())
    return device_view(grant.device.name, grant.device.address, grant.created_at, settings)


def digest_of_code(user_code: str) -> str:
    """Return what is kept of a code, however somebody typed it."""
    return hashed("".join(letter for letter in user_code.upper() if letter in _LETTERS))


async def _showing(user_code: str, grants: DeviceGrantRepository, clock: Clock) -> DeviceGrant:
    shown, undecided = field("user_digest") == digest_of_code(user_code), field("decided_by") == None  # noqa: E711
    found = await grants.matching(shown & undecided & (field("expires_at") > clock.now()), limit=2)
    if len(found) != 1:
        raise NoSuchCode("no device shows this code, or not any more", field="user_code")
    return found[0]


def device_view(device: str, address: str | None, asked_at: datetime, settings: IdentitySettings) -> DeviceRequestView:
    """Return the view of a device that asks."""
    lifetimes = settings.lifetimes
    return DeviceRequestView(
        device=device,
        address=address,
        asked_at=asked_at,
        idle_seconds=lifetimes.idle_seconds,
        absolute_seconds=lifetimes.absolute_seconds,
    )
