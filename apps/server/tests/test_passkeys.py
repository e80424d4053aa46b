"""Passkeys over HTTP with a software authenticator: from making one to signing in on another process."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from colonnade.server.passkey_settings import PasskeySection
from colonnade.server.passkeys import relying_party
from colonnade.server.settings import HttpSection, IdentitySection

from .authenticator import authenticator
from .house import House, Person, open_house, problem, settings_for

PUBLIC_URL = "https://work.test"


def _browser(**about: Any) -> Any:
    return authenticator(**{"origin": PUBLIC_URL, **about})


@pytest.fixture
async def front(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server that is reached under a domain, on each engine in turn."""
    identity = IdentitySection(password_memory_kibibytes=8, password_iterations=1, confirm_email=False)
    settings = settings_for(tmp_path, database_url, identity=identity, http=HttpSection(public_url=PUBLIC_URL))
    async with open_house(settings) as house:
        yield house


async def made(person: Person, browser: Any, name: str = "Laptop") -> dict[str, Any]:
    """Let somebody make a passkey."""
    options = (await person.post("/identity/passkeys/begin"))["public_key"]
    return await person.post("/identity/passkeys", {"name": name, "credential": browser.create(options)})


async def answer_of(house: House, browser: Any) -> dict[str, Any]:
    """Return what the browser answers to a question that names nobody."""
    options = (await house.stranger().post("/identity/passkeys/sign-in/begin"))["public_key"]
    assert options["allowCredentials"] == []
    answer: dict[str, Any] = browser.get(options)
    return answer


async def sent(house: House, answer: dict[str, Any]) -> Any:
    """Sign in."""
    return await house.stranger().send("POST", "/identity/passkeys/sign-in", {"credential": answer})


async def test_a_passkey_signs_in_without_a_name(front: House) -> None:
    """It is listed, can be renamed, and is gone when it is removed."""
    ada, browser = await front.person(), _browser()
    passkey = await made(ada, browser)
    signed_in = front.stranger()
    signed_in.tokens = (await sent(front, await answer_of(front, browser))).json()
    assert (await signed_in.get("/identity/me"))["email"] == ada.email

    (listed,) = (await ada.get("/identity/passkeys"))["items"]
    assert (listed["id"], listed["name"], listed["suspect_since"]) == (passkey["id"], "Laptop", None)
    assert listed["used_at"]
    assert (await ada.patch(f"/identity/passkeys/{passkey['id']}", {"name": "Phone"}))["name"] == "Phone"
    assert (await ada.send("DELETE", f"/identity/passkeys/{passkey['id']}")).is_success
    problem(await sent(front, await answer_of(front, browser)), 401)


async def test_an_answer_signs_in_once(front: House) -> None:
    """A copy of it signs nobody in, nor one from another origin, of another domain, unverified or framed."""
    ada, browser = await front.person(), _browser(counts=False)
    await made(ada, browser)
    answer = await answer_of(front, browser)
    assert (await sent(front, answer)).is_success
    problem(await sent(front, answer), 401)
    for name, value in (
        ("origin", "https://evil.example"),
        ("rp_id", "evil.example"),
        ("verifies", False),
        ("framed", True),
    ):
        before = getattr(browser, name)
        setattr(browser, name, value)
        problem(await sent(front, await answer_of(front, browser)), 401)
        setattr(browser, name, before)
    assert (await sent(front, await answer_of(front, browser))).is_success


async def test_a_copy_of_a_passkey_makes_it_suspect_for_good(front: House) -> None:
    """The refusal is kept: the next good answer is refused, and an event says why."""
    ada, browser = await front.person(), _browser()
    await made(ada, browser)
    assert (await sent(front, await answer_of(front, browser))).is_success
    browser.passkeys[0].sign_count = 0
    problem(await sent(front, await answer_of(front, browser)), 401)
    browser.passkeys[0].sign_count = 100
    problem(await sent(front, await answer_of(front, browser)), 401)

    (listed,) = (await ada.get("/identity/passkeys"))["items"]
    assert listed["suspect_since"]
    assert "identity.passkey_suspected" in [event.event.event_type for event in await front.events()]


async def test_what_is_no_answer_is_refused(front: House) -> None:
    """In good order, whatever it is."""
    browser = _browser()
    ada = await front.person()
    await made(ada, browser)
    for broken in ({}, {"id": 7}, {"id": "x" * 5000}, {"response": None}, {"response": {"clientDataJSON": "AAAA"}}):
        answer = await answer_of(front, browser)
        body = broken if not broken else {**answer, **broken}
        problem(await sent(front, body), 401)


@pytest.mark.parametrize("url", ["https://work.test:443", "https://WORK.test/", "https://work.test"])
def test_our_pages_have_the_origin_that_browsers_tell(url: str) -> None:
    """However the address is written."""
    assert relying_party(PasskeySection(), url) == ("work.test", "Colonnade", ("https://work.test",))


def test_the_settings_are_read_without_what_checks_passkeys() -> None:
    """Each command reads them, and the library takes longer to load than all else."""
    code = "import sys, colonnade.server.cli; sys.exit('webauthn' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
