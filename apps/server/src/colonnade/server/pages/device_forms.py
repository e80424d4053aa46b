"""What the page for device codes looks like: the door, the decision and an end."""

from html import escape
from typing import Final

from starlette.responses import HTMLResponse

from colonnade.application.identity.device_flow import DeviceRequestView
from colonnade.server.pages.fields import facts, field, form, hidden
from colonnade.server.pages.shell import shell
from colonnade.server.pages.sign_in_forms import Door

PATH: Final = "/device"

_WARNING = (
    "It will be able to do what you may do. Go on only if you began this yourself and it shows this code: "
    "whoever sent you a code or a link would act in your name."
)


def door_for(user_code: str) -> Door:
    """Return the first forms, which ask for a code as well."""
    asked = field("The code that the device shows", "user_code", user_code, fill="off")
    return Door(PATH, "Let a device act for you", asked, hidden("user_code", user_code))


def decision_form(device: DeviceRequestView, *, user_code: str, ticket: str) -> HTMLResponse:
    """Return the page that shows which device asks, and from where."""
    told = {
        "Code": user_code,
        "Device": device.device,
        "Address": device.address or "unknown",
        "Asked": f"{device.asked_at:%Y-%m-%d %H:%M} UTC",
        "Stays signed in": f"{_span(device.absolute_seconds)} at most, {_span(device.idle_seconds)} without use",
    }
    body = form(
        PATH,
        facts(told),
        f"<p>{_WARNING}</p>",
        hidden("user_code", user_code),
        hidden("ticket", ticket),
        '<button name="decision" value="approve">Let it act for me</button> ',
        '<button name="decision" value="deny">No</button>',
    )
    return shell("Is this your device?", body)


def end(title: str, sentence: str) -> HTMLResponse:
    """Return the last page."""
    return shell(title, f"<p>{escape(sentence)}</p>")


def _span(seconds: int) -> str:
    """Return a span of time in the largest unit of which it has two, to be understood at a glance."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"
