"""The button that asks an authenticator, and what stands there instead where there is no script or no authenticator."""

from html import escape

from pydantic_core import to_json

from colonnade.api.http import HttpSettings
from colonnade.api.identity import identity
from colonnade.application.identity.passkey_ports import JsonObject
from colonnade.application.identity.passkeys import PasskeyQuestion
from colonnade.application.messaging import Command
from colonnade.server.pages.fields import hidden

_BUTTON = (
    '<button hidden data-ceremony="{ceremony}" {source}{extra}>{label}</button>'
    "<small hidden>This browser cannot use passkeys on this page.</small>"
    "<noscript><small>Passkeys need a browser that runs scripts.</small></noscript>"
)


def button_to_use(label: str, begin: type[Command[PasskeyQuestion]]) -> str:
    """Return the button to use a passkey.

    Args:
        label: What it says.
        begin: What the script sends to the API to get the question.
    """
    address = HttpSettings().prefix + identity.row_of(begin).path
    source = f'data-begin="{escape(address, quote=True)}"'
    button = _BUTTON.format(ceremony="get", source=source, extra=" formnovalidate", label=escape(label))
    return hidden("credential") + button


def button_to_make(label: str, question: JsonObject) -> str:
    """Return the button to make a passkey.

    Args:
        label: What it says.
        question: What to ask, which stands in an attribute: nothing in it can end a script or begin a tag.
    """
    source = f'data-options="{escape(to_json(question).decode(), quote=True)}"'
    return hidden("credential") + _BUTTON.format(ceremony="create", source=source, extra="", label=escape(label))
