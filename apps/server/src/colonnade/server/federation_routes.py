"""Where a browser leaves for an identity provider, and where it comes back."""

import logging
import re
from collections.abc import Awaitable, Callable
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from colonnade.api.contract.rates import STRANGERS
from colonnade.api.http import CookieSessions
from colonnade.api.identity import SIGN_IN
from colonnade.api.problems import status_of
from colonnade.application.identity.federation import RedeemSignIn
from colonnade.application.identity.federation_arrivals import TakeAnswer
from colonnade.application.identity.federation_ports import ArrivalRefused
from colonnade.application.identity.opening import SecondFactorRequired
from colonnade.application.identity.secrets import WireSecret
from colonnade.application.messaging import Bus, Context
from colonnade.core import ColonnadeError, Invalid
from colonnade.infrastructure.identity.federation import START, Federation, Trip, Wish
from colonnade.security.oidc import OidcRefused, ProviderUnavailable
from colonnade.server.pages.refusals import with_pause
from colonnade.server.pages.shell import shell
from colonnade.server.pages.visitors import Visitors

COOKIE = "__Host-oidc"
"""Holds the ticket while somebody is away: for this host alone, not for scripts, not in other sites' requests."""

_LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"
_SEE_OTHER = 303

_log = logging.getLogger("colonnade.identity")

Handle = Callable[[Request], Awaitable[Response]]


class FederationPages:
    """Answers browsers on their way.

    Args:
        bus: Takes what comes of it.
        federation: Knows the way.
        cookies: Signs browsers in by cookie.
        visitors: Knows where requests come from, and how often.
    """

    def __init__(self, bus: Bus, federation: Federation, cookies: CookieSessions, visitors: Visitors) -> None:
        self._bus = bus
        self._federation = federation
        self._cookies = cookies
        self._visitors = visitors

    def routes(self) -> tuple[Route, ...]:
        """Return the routes."""
        return Route(START, _for_people(self.leave)), Route(f"{START}/callback", _for_people(self.come_back))

    async def leave(self, request: Request) -> Response:
        """Send the browser to the provider, with a ticket to bring back."""
        await self._visitors.admitted(request, STRANGERS)
        provider, wish = request.path_params["provider"], self._wish(request)
        url, ticket = await self._federation.depart(provider, wish)
        response = RedirectResponse(url, _SEE_OTHER, {"cache-control": "no-store"})
        response.headers["set-cookie"] = f"{COOKIE}={ticket}; Max-Age={self._federation.trip_seconds}; {_ATTRIBUTES}"
        return response

    async def come_back(self, request: Request) -> Response:
        """Take the browser back, once, and give it a code or sign it in."""
        answer, context = _once(request), await self._visitors.admitted(request, SIGN_IN)
        ticket = request.cookies.get(COOKIE)
        if ticket is None:
            raise ArrivalRefused("this browser did not begin this: begin again")
        trip = self._federation.recall(request.path_params["provider"], ticket, answer.get("state", ""))
        await self._bus.send(TakeAnswer(mark=trip.mark, until=trip.until), Context(by_service=True))
        code = await self._federation.arrive(trip, answer)
        return await self._welcome(context, trip, code)

    def _wish(self, request: Request) -> Wish:
        """Return what somebody wants.

        Raises:
            Invalid: It is nothing that can be wanted.
            ArrivalRefused: A link that was given for it is not good.
            CrossSiteRefused: The browser is to be signed in, and it was not a page of ours that sent it here.
        """
        asked = _once(request)
        next_path, challenge = asked.get("next"), asked.get("challenge")
        if next_path is not None and not _LOCAL_PATH.fullmatch(next_path):
            raise Invalid("must be a path of ours", field="next")
        if challenge is not None and not _CHALLENGE.fullmatch(challenge):
            raise Invalid("must be a SHA-256 in base64url", field="challenge")
        if "link" in asked:
            link = self._federation.link_wish(request.path_params["provider"], asked["link"])
            return link._replace(next_path=next_path)
        by_cookie = asked.get("mode") == "cookie"
        if by_cookie:
            self._cookies.require_own_page(dict(request.scope["headers"]))
        return Wish(next_path=next_path, challenge=challenge, by_cookie=by_cookie, anew=asked.get("prompt") == "login")

    async def _welcome(self, context: Context, trip: Trip, code: str) -> Response:
        if trip.wish.by_cookie:
            response: Response = await self._signed_in(context, trip.wish.next_path or "/", code)
        elif trip.wish.next_path is not None:
            # what stands after `#` is sent to no server and stands in no log
            response = RedirectResponse(f"{trip.wish.next_path.partition('#')[0]}#code={code}", _SEE_OTHER)
        else:
            response = shell(
                "One more step",
                "<p>Give this code to the program that sent you here, within a minute, if you began this yourself: "
                "whoever sent you a link to here would act in your name.</p>"
                f"<p><code>{escape(code)}</code></p>",
            )
        response.headers["cache-control"] = "no-store"
        response.headers["referrer-policy"] = "no-referrer"
        response.headers.append("set-cookie", f"{COOKIE}=; Max-Age=0; {_ATTRIBUTES}")
        return response

    async def _signed_in(self, context: Context, next_path: str, code: str) -> Response:
        """Sign the browser in, or let the page go on that asks for a second factor."""
        try:
            pair = await self._bus.send(RedeemSignIn(code=WireSecret(code)), context)
        except SecondFactorRequired as required:
            rest = urlencode({name: required.facts[name] for name in ("challenge", "methods")}, doseq=True)
            return RedirectResponse(f"{next_path.partition('#')[0]}#{rest}", _SEE_OTHER)
        response = RedirectResponse(next_path, _SEE_OTHER)
        response.raw_headers.extend(self._cookies.cookies_for(pair.access_token, pair.refresh_token))
        return response


def _once(request: Request) -> dict[str, str]:
    """Return the query; a parameter that comes twice could mean one thing here and another elsewhere.

    Raises:
        Invalid: One does.
    """
    pairs = request.query_params.multi_items()
    if len({name for name, _ in pairs}) != len(pairs):
        raise Invalid("each parameter comes once", field="query")
    return dict(pairs)


def _for_people(handle: Handle) -> Handle:
    async def handled(request: Request) -> Response:
        try:
            return await handle(request)
        except ColonnadeError as error:
            if isinstance(error, OidcRefused | ProviderUnavailable):
                provider, reason = request.path_params["provider"], error.facts.get("reason", error.code)
                _log.warning("nobody was signed in through %s (%s): %s", provider, reason, error.message)
            body = f"<p>{escape(error.message[:1].upper() + error.message[1:])}.</p>"
            return with_pause(shell("This did not work", body, status=status_of(type(error))), error)

    return handled
