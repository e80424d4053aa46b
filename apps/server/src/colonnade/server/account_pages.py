"""The pages that links in mails lead to: confirm an address, choose another password, take another address.

The token is behind the `#` of a link, so it reaches no log. A script of the page puts it into the form; to look changes
nothing, since mail scanners follow links, and to post does.
"""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html import escape
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from colonnade.application.identity.email_change import ConfirmEmailChange
from colonnade.application.identity.reset import ResetPassword
from colonnade.application.identity.verification import ConfirmEmail
from colonnade.application.messaging import Bus, Context, Message, Origin
from colonnade.core import ColonnadeError, Invalid, NotFound, Unavailable
from colonnade.core.errors import LimitExceeded

_SCRIPT = """
const token = document.querySelector("input[name=token]");
if (location.hash.length > 1) {
  token.value = decodeURIComponent(location.hash.slice(1));
  token.closest("label").hidden = true;
  history.replaceState(null, "", location.pathname);
}
"""
_STYLE = "body{font-family:system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}h1{font-size:1.25rem}"
_FIELD = (
    '<p><label>{label}<br><input name="{name}" type="{kind}" value="{value}" autocomplete="{fill}" required>'
    "</label></p>"
)
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{style}</style></head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
_LONGEST_BODY = 16_384


def _csp_hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        f"default-src 'none'; script-src {_csp_hash(_SCRIPT)}; style-src {_csp_hash(_STYLE)}; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_STATUS: tuple[tuple[type[ColonnadeError], int], ...] = (
    (LimitExceeded, 429),
    (NotFound, 404),
    (Invalid, 422),
    (Unavailable, 503),
)


class _Form(NamedTuple):
    """A page.

    Attributes:
        path: Where it is.
        title: What it asks.
        button: What its button says.
        done: What it says afterwards, as a title and a sentence.
        message: Makes the message of what was typed.
        asks_password: Whether a password is typed.
    """

    path: str
    title: str
    button: str
    done: tuple[str, str]
    message: Callable[[dict[str, str]], Message[Any]]  # of any answer, which is not shown
    asks_password: bool = False


_FORMS = (
    _Form(
        "/verify",
        "Is this your address?",
        "Yes, confirm it",
        ("Your address is confirmed", "You can sign in now."),
        lambda typed: ConfirmEmail.model_validate({"token": typed.get("token", "")}),
    ),
    _Form(
        "/reset",
        "Choose another password",
        "Change the password",
        ("Your password is changed", "You were signed out everywhere: sign in with the new password."),
        lambda typed: ResetPassword.model_validate(
            {"token": typed.get("token", ""), "password": typed.get("password", "")}
        ),
        asks_password=True,
    ),
    _Form(
        "/change-email",
        "Use this address for your account?",
        "Yes, use it",
        ("Your account has this address now", "Sign in with it from now on."),
        lambda typed: ConfirmEmailChange.model_validate({"token": typed.get("token", "")}),
    ),
)


def account_page_routes(bus: Bus) -> tuple[Route, ...]:
    """Return the routes of all pages."""
    return tuple(route for form in _FORMS for route in _routes(bus, form))


def _routes(bus: Bus, form: _Form) -> tuple[Route, Route]:
    async def ask(request: Request) -> Response:
        return _asking(form)

    async def act(request: Request) -> Response:
        typed = await _typed(request)
        try:
            await bus.send(form.message(typed), Context(origin=_origin(request)))
        except ValidationError:
            return _asking(form, "Something is missing or too long; a password has at least 8 characters.", typed, 422)
        except ColonnadeError as error:
            status = next((status for kind, status in _STATUS if isinstance(error, kind)), None)
            if status is None:
                raise
            return _asking(form, error.message, typed, status)
        title, sentence = form.done
        return _page(title, f"<p>{escape(sentence)}</p>")

    return Route(form.path, ask), Route(form.path, act, methods=["POST"])


def _asking(form: _Form, problem: str = "", typed: dict[str, str] | None = None, status: int = 200) -> HTMLResponse:
    """Return the page with its form; after a problem the token is still there, and a password is not."""
    token = escape((typed or {}).get("token", ""), quote=True)
    fields = [
        f"<p role=alert>{escape(problem)}</p>" if problem else "",
        _FIELD.format(label="What the link has behind its #", name="token", kind="text", value=token, fill="off"),
    ]
    if form.asks_password:
        fields.append(
            _FIELD.format(label="New password", name="password", kind="password", value="", fill="new-password")
        )
    body = f'<form method="post" action="{form.path}">{"".join(fields)}<button>{form.button}</button></form>'
    return _page(form.title, f"{body}<script>{_SCRIPT}</script>", status)


async def _typed(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            return {}
    try:
        fields = parse_qs(body.decode(), max_num_fields=8)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _origin(request: Request) -> Origin:
    return Origin(request.client.host if request.client else None, request.headers.get("user-agent"))


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, style=_STYLE, body=body), status, headers=_HEADERS)
