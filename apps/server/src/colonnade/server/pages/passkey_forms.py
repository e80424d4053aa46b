"""What the page for passkeys looks like: the door, the list with its buttons and an end."""

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from starlette.responses import HTMLResponse

from colonnade.application.identity.passkey_ports import JsonObject
from colonnade.application.identity.passkeys import PasskeyView
from colonnade.domain.identity.passkeys import PasskeyName
from colonnade.server.pages.fields import alert, field, form, hidden
from colonnade.server.pages.passkey_button import button_to_make
from colonnade.server.pages.passkey_script import SCRIPT
from colonnade.server.pages.shell import shell
from colonnade.server.pages.sign_in_forms import Door

PATH: Final = "/passkeys"
_ABOUT = (
    "A passkey is a key on a device of yours, or in your password manager, that signs you in here without a password. "
    "Sign in to see yours, to add one and to remove one."
)
DOOR: Final = Door(PATH, "Your passkeys", f"<p>{_ABOUT}</p>")


class Notice(NamedTuple):
    """What the page says about what was done.

    Attributes:
        done: What was.
        problem: Why it was not.
        status: Status of the answer.
    """

    done: str = ""
    problem: str = ""
    status: int = 200


def passkey_list(
    passkeys: Sequence[PasskeyView], question: JsonObject | None, *, ticket: str, notice: Notice
) -> HTMLResponse:
    """Return the page with somebody's passkeys.

    Args:
        passkeys: Theirs.
        question: What to ask for another one, if they may have one more.
        ticket: What the forms carry on with.
        notice: What to say about what was done before.
    """
    kept = hidden("ticket", ticket)
    entries = "".join(_entry(passkey, kept) for passkey in passkeys)
    parts = [
        alert(notice.problem),
        f'<p role="status">{escape(notice.done)}</p>' if notice.done else "",
        f"<ul>{entries}</ul>" if entries else "<p>You have none yet.</p>",
        "<h2>Add a passkey</h2>",
        "<p>You have as many as you may: remove one first.</p>" if question is None else _adding(question, kept),
        form(PATH, kept, hidden("do", "leave"), "<button>Done</button>", mark="data-leaving"),
    ]
    return shell(DOOR.title, "".join(parts), status=notice.status, script=SCRIPT, calls_api=True)


def end() -> HTMLResponse:
    """Return the last page."""
    return shell("You are done", "<p>You are signed out of this page and can close it.</p>")


def _adding(question: JsonObject, kept: str) -> str:
    name = field("A name that tells you where it is", "name", fill="off", longest=PasskeyName.max_length)
    return form(PATH, kept, hidden("do", "add"), name, button_to_make("Add a passkey", question))


def _entry(passkey: PasskeyView, kept: str) -> str:
    used = f"last used {passkey.used_at:%Y-%m-%d %H:%M} UTC" if passkey.used_at else "never used"
    suspect = "<small>There may be a copy of it, so it signs nobody in: remove it.</small>"
    name = escape(passkey.name, quote=True)
    return (
        f"<li><strong>{name}</strong><small>made {passkey.created_at:%Y-%m-%d}, {used}</small>"
        f"{suspect if passkey.suspect_since else ''}"
        + form(
            PATH,
            kept,
            hidden("do", "remove"),
            hidden("passkey_id", str(passkey.id)),
            f'<button aria-label="Remove {name}">Remove</button>',
        )
        + "</li>"
    )
