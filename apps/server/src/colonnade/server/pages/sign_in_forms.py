"""The first forms of a page that keeps nobody signed in: who somebody is, and how they prove it."""

from collections.abc import Collection
from typing import NamedTuple

from starlette.responses import HTMLResponse

from colonnade.application.identity.passkey_sign_in import BeginPasskeySecondFactor, BeginPasskeySignIn
from colonnade.server.pages.fields import alert, field, form, hidden
from colonnade.server.pages.passkey_button import button_to_use
from colonnade.server.pages.passkey_script import SCRIPT
from colonnade.server.pages.shell import shell

_CODES = frozenset({"totp", "recovery"})
_GO_ON = "<button>Go on</button>"


class Door(NamedTuple):
    """What is a page's own in the first forms.

    Attributes:
        path: Where the page is.
        title: What it is for.
        asked: What it asks besides, as fields.
        kept: What it keeps of that in the second form, as hidden fields.
    """

    path: str
    title: str
    asked: str = ""
    kept: str = ""


def sign_in_form(door: Door, *, email: str = "", problem: str = "", status: int = 200) -> HTMLResponse:
    """Return the form that asks who somebody is."""
    body = form(
        door.path,
        door.asked,
        field("Your e-mail address", "email", email, kind="email", fill="username"),
        field("Your password", "password", kind="password", fill="current-password"),
        _GO_ON,
        button_to_use("Use a passkey", BeginPasskeySignIn),
    )
    return shell(door.title, alert(problem) + body, status=status, script=SCRIPT, calls_api=True)


def factor_form(
    door: Door, *, challenge: str, ways: Collection[str], problem: str = "", status: int = 200
) -> HTMLResponse:
    """Return the form that asks for a second factor.

    Args:
        door: The page.
        challenge: What the first half of the sign-in gave.
        ways: How somebody may go on: `totp`, `recovery`, `passkey`.
        problem: What went wrong before.
        status: Status of the answer.
    """
    parts = [door.kept, hidden("challenge", challenge), hidden("ways", " ".join(sorted(ways)))]
    if _CODES.intersection(ways):
        parts += [field("The code of your app, or a recovery code", "code", fill="one-time-code"), _GO_ON]
    if "passkey" in ways:
        parts.append(button_to_use("Use a passkey", BeginPasskeySecondFactor))
    body = alert(problem) + form(door.path, *parts)
    return shell("Prove once more who you are", body, status=status, script=SCRIPT, calls_api=True)
