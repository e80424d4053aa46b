"""The journey of somebody who wants no password: a passkey made in a browser, and what it opens afterwards."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pyotp
import pytest

from .browsing import Browser, browsing
from .installation import PASSWORD, Installation, Person, answering, eventually
from .outside import free_port
from .terminal import DEADLINE_SECONDS
from .terminal import Person as AtTerminal

CODE = re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A server that people reach as localhost: browsers take that for safe, and passkeys belong to a name."""
    port = free_port()
    variables = {
        "COLONNADE_DATA_DIR": str(tmp_path / "data"),
        "COLONNADE_HTTP__HOST": "localhost",
        "COLONNADE_HTTP__PORT": str(port),
        "COLONNADE_HTTP__PUBLIC_URL": f"http://localhost:{port}",
    }
    with answering(tmp_path, variables) as installation:
        installation.url = variables["COLONNADE_HTTP__PUBLIC_URL"]
        yield installation


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser."""
    with browsing() as browser:
        yield browser


def signed_in(browser: Browser, installation: Installation, person: Person) -> None:
    """Sign in to one's passkeys with the password."""
    browser.page.goto(f"{installation.url}/passkeys")
    browser.type(email=person.email, password=PASSWORD)
    browser.press("Go on")
    browser.sees("Add a passkey")


def passkey_made(browser: Browser, installation: Installation, person: Person) -> None:
    """Make a passkey, and leave."""
    signed_in(browser, installation, person)
    browser.sees("You have none yet")
    browser.type(name="Laptop </script>")
    browser.press("Add a passkey")
    browser.sees("“Laptop </script>” is added")
    assert browser.needs_no_sideways_scrolling()
    browser.press("Done")
    browser.sees("You are done")


class Device:
    """A terminal at which somebody typed `colonnade login`."""

    def __init__(self, folder: Path, url: str, stack: ExitStack) -> None:
        self._at, said = AtTerminal(folder), folder / "said"
        folder.mkdir()
        login = f"colonnade login --device --server {url} --no-open > {said} 2>&1"
        self._ends = stack.enter_context(ThreadPoolExecutor(1)).submit(self._at.run, "sh", "-c", login)
        eventually(lambda: self._ends.done() or (said.exists() and CODE.search(said.read_text())))
        shown = CODE.search(said.read_text())
        assert shown is not None, said.read_text()
        self.user_code = shown[0]

    def goes_on(self) -> str:
        """Wait until it is signed in, and return as whom."""
        self._ends.result(DEADLINE_SECONDS)
        return str(self._at.read("whoami")["email"])


@pytest.fixture
def device(installation: Installation, tmp_path: Path) -> Iterator[Device]:
    """A device that shows a code."""
    with ExitStack() as stack:
        yield Device(tmp_path / "terminal", installation.url, stack)


def test_a_passkey_lets_a_device_in(installation: Installation, browser: Browser, device: Device) -> None:
    """Made at `/passkeys`, it is used at `/device` without name or password; the pages keep nobody signed in."""
    ada = installation.person("ada")
    passkey_made(browser, installation, ada)
    browser.page.goto(f"{installation.url}/device?code={device.user_code}")
    browser.press("Use a passkey")
    browser.sees("Is this your device?")
    assert browser.needs_no_sideways_scrolling()
    browser.press("Let it act for me")
    browser.sees("The device is signed in")
    assert device.goes_on() == ada.email
    assert len(ada.items("/identity/sessions")) == 2


def test_a_passkey_is_a_second_factor(installation: Installation, browser: Browser, device: Device) -> None:
    """After the password, instead of a code."""
    ada = installation.person("ada")
    passkey_made(browser, installation, ada)
    app = pyotp.TOTP(ada.post("/identity/second-factor")["secret"])
    ada.post("/identity/second-factor/confirm", code=app.now())
    browser.page.goto(f"{installation.url}/device?code={device.user_code}")
    browser.type(email=ada.email, password=PASSWORD)
    browser.press("Go on")
    browser.sees("Prove once more who you are")
    browser.press("Use a passkey")
    browser.press("Let it act for me")
    browser.sees("The device is signed in")
    assert device.goes_on() == ada.email


def test_a_passkey_that_is_removed_opens_nothing(installation: Installation, browser: Browser) -> None:
    """The page says so, and the password still does."""
    ada = installation.person("ada")
    passkey_made(browser, installation, ada)
    browser.page.goto(f"{installation.url}/passkeys")
    browser.press("Use a passkey")
    browser.press("Remove Laptop </script>")
    browser.sees("The passkey is removed")
    browser.press("Done")
    browser.page.goto(f"{installation.url}/passkeys")
    browser.press("Use a passkey")
    browser.sees("this passkey is not good, or not any more")
    signed_in(browser, installation, ada)


def test_a_device_has_one_passkey_for_somebody(installation: Installation, browser: Browser) -> None:
    """To add a second one is refused by the browser, and the page says why."""
    ada = installation.person("ada")
    passkey_made(browser, installation, ada)
    signed_in(browser, installation, ada)
    browser.type(name="Laptop again")
    browser.press("Add a passkey")
    browser.sees("This device has a passkey for you already")


def test_to_leave_the_page_ends_the_sign_in(installation: Installation, browser: Browser) -> None:
    """Without a button, when the tab goes elsewhere."""
    ada = installation.person("ada")
    signed_in(browser, installation, ada)
    assert len(ada.items("/identity/sessions")) == 2
    browser.page.goto("about:blank")
    eventually(lambda: len(ada.items("/identity/sessions")) == 1)
