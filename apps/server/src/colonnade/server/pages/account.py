"""The pages that links in mails lead to: confirm an address, choose another password, take another address.

The token is behind the `#` of a link, so it reaches no log. A script of the page puts it into the form; to look changes
nothing, since mail scanners follow links, and to post does.
"""

from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from colonnade.api.contract.rates import SECRETS
from colonnade.application.identity.email_change import ConfirmEmailChange
from colonnade.application.identity.reset import ResetPassword
from colonnade.application.identity.verification import ConfirmEmail
from colonnade.application.messaging import Bus, Message
from colonnade.core import ColonnadeError
from colonnade.server.pages.fields import alert, field, form
from colonnade.server.pages.refusals import refusal_of, with_pause
from colonnade.server.pages.shell import shell
from colonnade.server.pages.visitors import Fields, Visitors

_SCRIPT = """
const token = document.querySelector("input[name=token]");
if (location.hash.length > 1) {
  token.value = decodeURIComponent(location.hash.slice(1));
  token.closest("label").hidden = true;
  history.replaceState(null, "", location.pathname);
}
"""
_MISSING = "Something is missing or too long; a password has at least 8 characters."


class _Question(NamedTuple):
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
    message: Callable[[Fields], Message[Any]]  # of any answer, which is not shown
    asks_password: bool = False


_QUESTIONS = (
    _Question(
        "/verify",
        "Is this your address?",
        "Yes, confirm it",
        ("Your address is confirmed", "You can sign in now."),
        lambda typed: ConfirmEmail.model_validate({"token": typed.get("token", "")}),
    ),
    _Question(
        "/reset",
        "Choose another password",
        "Change the password",
        ("Your password is changed", "You were signed out everywhere: sign in with the new password."),
        lambda typed: ResetPassword.model_validate(
            {"token": typed.get("token", ""), "password": typed.get("password", "")}
        ),
        asks_password=True,
    ),
    _Question(
        "/change-email",
        "Use this address for your account?",
        "Yes, use it",
        ("Your account has this address now", "Sign in with it from now on."),
        lambda typed: ConfirmEmailChange.model_validate({"token": typed.get("token", "")}),
    ),
)


def account_page_routes(bus: Bus, visitors: Visitors) -> tuple[Route, ...]:
    """Return the routes of all pages.

    Args:
        bus: Does what was asked.
        visitors: Knows from where somebody asks, and how often.
    """
    return tuple(route for question in _QUESTIONS for route in _routes(bus, visitors, question))


def _routes(bus: Bus, visitors: Visitors, question: _Question) -> tuple[Route, Route]:
    async def ask(request: Request) -> Response:
        return _asking(question)

    async def act(request: Request) -> Response:
        typed = await visitors.typed(request)
        try:
            await bus.send(question.message(typed), await visitors.admitted(request, SECRETS))
        except (ValidationError, ColonnadeError) as error:
            problem, status = refusal_of(error, missing=_MISSING)
            return with_pause(_asking(question, problem, typed.get("token", ""), status), error)
        title, sentence = question.done
        return shell(title, f"<p>{escape(sentence)}</p>", has_secret_address=True)

    return Route(question.path, ask), Route(question.path, act, methods=["POST"])


def _asking(question: _Question, problem: str = "", behind: str = "", status: int = 200) -> Response:
    """Return the page with its form; after a problem what the link had is still there, and a password is not."""
    body = form(
        question.path,
        field("What the link has behind its #", "token", behind, fill="off"),
        field("New password", "password", kind="password", fill="new-password") if question.asks_password else "",
        f"<button>{question.button}</button>",
    )
    return shell(question.title, alert(problem) + body, status=status, script=_SCRIPT, has_secret_address=True)
