"""Forms that act for somebody: taken from our own pages alone."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from colonnade.api.http import CookieSessions
from colonnade.api.identity import SIGN_IN
from colonnade.application.messaging import Context
from colonnade.core import ColonnadeError
from colonnade.server.pages.entrance import asked_again
from colonnade.server.pages.sign_in_forms import Door
from colonnade.server.pages.visitors import Fields, Visitors

Answer = Callable[[Fields, Context], Awaitable[Response]]
Handle = Callable[[Request], Awaitable[Response]]


class OwnForms:
    """Takes the forms that our own pages send.

    Args:
        cookies: Knows which pages are ours.
        visitors: Knows from where a form comes, and how often.
    """

    def __init__(self, cookies: CookieSessions, visitors: Visitors) -> None:
        self._cookies = cookies
        self._visitors = visitors

    def taken(self, door: Callable[[Fields], Door], answer: Answer) -> Handle:
        """Return what answers forms of a page; each counts as a sign-in.

        Args:
            door: The page's first form, to be shown once more if somebody has asked often enough.
            answer: Acts on what was typed.
        """

        async def act(request: Request) -> Response:
            self._cookies.require_own_page(dict(request.scope["headers"]))
            fields = await self._visitors.typed(request)
            try:
                context = await self._visitors.admitted(request, SIGN_IN)
            except ColonnadeError as error:
                return asked_again(door(fields), error, fields)
            return await answer(fields, context)

        return act
