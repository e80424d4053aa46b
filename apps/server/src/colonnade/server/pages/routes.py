"""Where the pages are."""

from starlette.routing import Route

from colonnade.api.http import Authenticator, CookieSessions
from colonnade.application.messaging import Bus
from colonnade.security.sealing import Sealer
from colonnade.server.pages import device, passkeys
from colonnade.server.pages.account import account_page_routes
from colonnade.server.pages.device import device_page_routes
from colonnade.server.pages.entrance import Entrance
from colonnade.server.pages.forms import OwnForms
from colonnade.server.pages.passkeys import passkey_page_routes
from colonnade.server.pages.unsubscribing import unsubscribe_routes
from colonnade.server.pages.visitors import Visitors


def page_routes(
    bus: Bus, authenticator: Authenticator, secret: bytes, cookies: CookieSessions, visitors: Visitors
) -> tuple[Route, ...]:
    """Return the routes of all pages but those on the way to identity providers.

    Args:
        bus: Does what people ask for.
        authenticator: Knows whose sign-in it is.
        secret: What the keys of tickets are derived from.
        cookies: Knows which pages are ours.
        visitors: Knows from where somebody asks, and how often.
    """
    forms = OwnForms(cookies, visitors)

    def entrance(purpose: str) -> Entrance:
        return Entrance(bus, authenticator, Sealer(secret, purpose))

    return (
        *unsubscribe_routes(bus, visitors),
        *account_page_routes(bus, visitors),
        *device_page_routes(bus, entrance(device.PURPOSE), forms),
        *passkey_page_routes(bus, entrance(passkeys.PURPOSE), forms),
    )
