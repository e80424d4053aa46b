"""Unsubscribing by a link in a mail: with one click by the mail program (RFC 8058), or by a button for people."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from colonnade.api.contract.rates import SECRETS
from colonnade.application.identity.secrets import WireSecret
from colonnade.application.messaging import Bus
from colonnade.application.notifications import Unsubscribe
from colonnade.core import Invalid
from colonnade.server.pages.fields import form
from colonnade.server.pages.shell import shell
from colonnade.server.pages.visitors import Visitors

_ASK = "<p>You will get no more mails of this kind. In the app you are told as before.</p>"


def unsubscribe_routes(bus: Bus, visitors: Visitors) -> tuple[Route, ...]:
    """Return the routes: to look changes nothing, since mail scanners follow links; to post does.

    Args:
        bus: Unsubscribes.
        visitors: Knows from where somebody asks, and how often.
    """

    async def ask(request: Request) -> Response:
        body = form(request.url.path, _ASK, "<button>Unsubscribe</button>")
        return shell("Unsubscribe?", body, has_secret_address=True)

    async def unsubscribe(request: Request) -> Response:
        await bus.send(_message(request.path_params["token"]), await visitors.admitted(request, SECRETS))
        said = "<p>Your preferences in the app bring these mails back.</p>"
        return shell("You are unsubscribed", said, has_secret_address=True)

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
