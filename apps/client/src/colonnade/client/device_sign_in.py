"""Signing in by a code that a person types in a browser, here or elsewhere (RFC 8628)."""

import asyncio
from collections.abc import Awaitable, Callable

from colonnade.api.client import HttpBus
from colonnade.application.identity import TokenPair
from colonnade.application.identity.device_flow import AskForDevice, DeviceCodes, RedeemDevice
from colonnade.core import Unavailable
from colonnade.core.errors import LimitExceeded
from colonnade.domain.identity.device_grant import AuthorizationPending, DeviceCodeExpired

SLOWER_BY_SECONDS = 5
"""How much longer to wait from then on when the server says that it is asked too often (RFC 8628, section 3.5)."""

Pause = Callable[[float], Awaitable[None]]


async def sign_in_by_device(
    bus: HttpBus, show: Callable[[DeviceCodes], None], pause: Pause = asyncio.sleep
) -> TokenPair:
    """Ask for a code, show it, and wait until somebody has typed it.

    A server that does not answer meanwhile is asked half as often each time, until the code is too old.

    Args:
        bus: Where to.
        show: Shows the code and where to type it.
        pause: Waits for some seconds.

    Raises:
        DeviceAccessDenied: Somebody typed it and said no.
        DeviceCodeExpired: Nobody typed it in time.
    """
    codes = await bus.send(AskForDevice())
    show(codes)
    message = RedeemDevice.model_validate({"device_code": codes.device_code})
    interval, waited = float(codes.interval), 0.0
    while waited < codes.expires_in:
        await pause(interval)
        waited += interval
        try:
            return await bus.send(message)
        except AuthorizationPending:
            continue
        except LimitExceeded:
            interval += SLOWER_BY_SECONDS
        except Unavailable:
            interval *= 2
    raise DeviceCodeExpired("nobody typed the code in time: begin again with 'colonnade login'")
