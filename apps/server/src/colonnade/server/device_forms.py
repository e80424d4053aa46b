"""What the page for device codes looks like: three forms and an end, in HTML."""

from html import escape
from typing import Final

from starlette.responses import HTMLResponse

from colonnade.api.http import page
from colonnade.application.identity.device_flow import DeviceRequestView

PATH: Final = "/device"

_STYLE = (
    "body{font-family:system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}"
    "h1{font-size:1.25rem}input,button{font:inherit;padding:.4rem .6rem}dt{color:#555}dd{margin:0 0 .6rem}"
)
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style nonce="{nonce}">{style}</style></head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
_FIELD = (
    '<p><label>{label}<br><input name="{name}" type="{kind}" value="{value}" autocomplete="{fill}" required>'
    "</label></p>"
)
_WARNING = (
    "It will be able to do what you may do. Go on only if you began this yourself and it shows this code: "
    "whoever sent you a code or a link would act in your name."
)
_HIDDEN = '<input type="hidden" name="{name}" value="{value}">'


def sign_in_form(*, user_code: str = "", email: str = "", problem: str = "", status: int = 200) -> HTMLResponse:
    """Return the page that asks for the code and for who types it."""
    fields = [
        _field("The code that the device shows", "user_code", user_code, fill="off"),
        _field("Your e-mail address", "email", email, kind="email", fill="username"),
        _field("Your password", "password", "", kind="password", fill="current-password"),
        "<button>Go on</button>",
    ]
    return _form("Let a device act for you", fields, problem, status)


def factor_form(*, user_code: str, challenge: str, problem: str = "", status: int = 200) -> HTMLResponse:
    """Return the page that asks for a second factor."""
    fields = [
        _hidden("user_code", user_code),
        _hidden("challenge", challenge),
        _field("The code of your app, or a recovery code", "code", "", fill="one-time-code"),
        "<button>Go on</button>",
    ]
    return _form("Prove once more who you are", fields, problem, status)


def decision_form(device: DeviceRequestView, *, user_code: str, ticket: str) -> HTMLResponse:
    """Return the page that shows which device asks, and from where."""
    facts = {
        "Code": user_code,
        "Device": device.device,
        "Address": device.address or "unknown",
        "Asked": f"{device.asked_at:%Y-%m-%d %H:%M} UTC",
    }
    fields = [
        f"<dl>{''.join(f'<dt>{name}</dt><dd>{escape(value)}</dd>' for name, value in facts.items())}</dl>",
        f"<p>{_WARNING}</p>",
        _hidden("user_code", user_code),
        _hidden("ticket", ticket),
        '<button name="decision" value="approve">Let it act for me</button> ',
        '<button name="decision" value="deny">No</button>',
    ]
    return _form("Is this your device?", fields)


def end(title: str, sentence: str) -> HTMLResponse:
    """Return the last page."""
    return _page(title, f"<p>{escape(sentence)}</p>")


def _form(title: str, fields: list[str], problem: str = "", status: int = 200) -> HTMLResponse:
    alert = f'<p role="alert">{escape(problem)}</p>' if problem else ""
    return _page(title, f'{alert}<form method="post" action="{PATH}">{"".join(fields)}</form>', status)


def _field(label: str, name: str, value: str, *, fill: str, kind: str = "text") -> str:
    return _FIELD.format(label=label, name=name, kind=kind, value=escape(value, quote=True), fill=fill)


def _hidden(name: str, value: str) -> str:
    return _HIDDEN.format(name=name, value=escape(value, quote=True))


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return page(lambda nonce: _PAGE.format(title=title, style=_STYLE, nonce=nonce, body=body), status=status)
