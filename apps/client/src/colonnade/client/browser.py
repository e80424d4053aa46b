"""Opening a browser where there is a screen for it."""

import os
import sys
import webbrowser

import click

open_option = click.option(
    "--open/--no-open", "opens", default=None, help="Open the browser, or not; done where there is a screen."
)


def opens_browser(said: bool | None) -> bool:
    """Tell whether to open one: as was said, or where it has a window; in the terminal it would take that away."""
    if said is not None:
        return said
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def show(address: str) -> None:
    """Open a page of the web; where that does not work, whoever reads its address can open it."""
    if address.startswith(("https://", "http://")):
        webbrowser.open(address)
