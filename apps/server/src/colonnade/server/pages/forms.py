"""Forms that act for somebody: taken from our own pages alone."""

from starlette.requests import Request

from colonnade.api.http import CookieSessions
from colonnade.api.identity import SIGN_IN
from colonnade.application.messaging import Context
from colonnade.server.pages.visitors import Fields, Visitors


class OwnForms:
    """Takes the forms that our own pages send.

    Args:
        cookies: Knows which pages are ours.
        visitors: Knows from where a form comes, and how often.
    """

    def __init__(self, cookies: CookieSessions, visitors: Visitors) -> None:
        self._cookies = cookies
        self._visitors = visitors

    async def take(self, request: Request) -> Fields:
        """Return what was typed.

        Raises:
            CrossSiteRefused: The browser says that a page of somebody else sent it, or nothing.
            BodyTooLarge: It is longer than any form of ours.
            BodyTooSlow: It did not come in time.
        """
        self._cookies.require_own_page(dict(request.scope["headers"]))
        return await self._visitors.typed(request)

    async def admitted(self, request: Request) -> Context:
        """Return in which context to act on it; it counts as a sign-in.

        Raises:
            LimitExceeded: They have sent enough for now.
            Unavailable: Nobody can count.
        """
        return await self._visitors.admitted(request, SIGN_IN)
