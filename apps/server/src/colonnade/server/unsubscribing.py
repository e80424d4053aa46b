"""Unsubscribing by a link in a mail: with one click by the mail program (RFC 8058), or by a button for people."""

from html import escape

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from colonnade.application.identity.secrets import WireSecret
from colonnade.application.messaging import Bus
from colonnade.application.notifications import Unsubscribe
from colonnade.core import Invalid

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="font-family: system-ui, sans-serif; max-width: 32rem; margin: 4rem auto; padding: 0 1rem">
<h1 style="font-size: 1.25rem">{title}</h1>
{body}
</body>
</html>
"""
_ASK = """<form method="post" action="{action}">
<p>You will get no more mails of this kind. In the app you are told as before.</p>
<button style="font: inherit; padding: .5rem 1rem">Unsubscribe</button>
</form>"""
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def unsubscribe_routes(bus: Bus) -> tuple[Route, ...]:
    """Return the routes: to look changes nothing, since mail scanners follow links; to post does."""

    async def ask(request: Request) -> Response:
        return _page("Unsubscribe?", _ASK.format(action=escape(request.url.path, quote=True)))

    async def unsubscribe(request: Request) -> Response:
        await bus.send(_message(request.path_params["token"]))
        return _page("You are unsubscribed", "<p>Your preferences in the app bring these mails back.</p>")

    path = "/unsubscribe/{token}"
    return Route(path, ask), Route(path, unsubscribe, methods=["POST"])


def _message(token: str) -> Unsubscribe:
    """Return the message that a link stands for.

    Raises:
        Invalid: No link of ours is like this.
    """
    try:
        return Unsubscribe(token=WireSecret(token))
    except ValidationError as error:
        raise Invalid("this is not a link of ours: change your preferences in the app", field="token") from error


def _page(title: str, body: str) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, body=body), headers=_HEADERS)
