"""Somebody at a browser: Debian's Chromium, with an authenticator of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, sync_playwright

CHROMIUM_VARIABLE = "COLONNADE_TEST_CHROMIUM"
DEADLINE_SECONDS = 20
NARROW = 320
"""Pixels of the narrowest screen on which everything must be in reach (WCAG 2.2, 1.4.10)."""

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Browser:
    """A page in a browser of somebody who touches their authenticator whenever they are asked.

    Attributes:
        page: What they see.
        complaints: What the browser said against the pages: errors of scripts, and what a policy forbade.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})

    def type(self, **typed: str) -> None:
        """Fill fields in, by name."""
        for name, text in typed.items():
            self.page.locator(f"input[name={name}]").fill(text)

    def press(self, button: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=button).click()

    def sees(self, text: str) -> None:
        """Wait until a text is there."""
        self.page.get_by_text(text).first.wait_for()

    def needs_no_sideways_scrolling(self) -> bool:
        """Tell whether everything on the page is in reach on a narrow screen."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "the server responded with a status of 4" not in said.text:
            self.complaints.append(said.text)


@contextmanager
def browsing() -> Iterator[Browser]:
    """Open a browser on a narrow screen; it must have had nothing to complain about in the end."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_chromium(), headless=True, args=_QUIET)
        try:
            page = chromium.new_page(viewport={"width": NARROW, "height": 640})
            page.set_default_timeout(DEADLINE_SECONDS * 1000)
            browser = Browser(page)
            yield browser
            assert browser.complaints == []
        finally:
            chromium.close()


def _chromium() -> Path:
    found = os.environ.get(CHROMIUM_VARIABLE) or shutil.which("chromium")
    if found is None:
        pytest.fail(f"there is no Chromium: install it (apt-get install chromium), or name one in {CHROMIUM_VARIABLE}")
    return Path(found)
