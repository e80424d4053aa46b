"""The page on which people see, add and remove their passkeys."""

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from colonnade.core import Clock, SystemClock
from colonnade.testing import FrozenClock

from .authenticator import authenticator
from .house import PASSWORD, House, Person, open_house, problem, settings_for
from .visitor import Visitor

EVIL = '"><b></script><script>alert(1)</script>'


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server whose clock the test moves."""
    clock = FrozenClock(SystemClock().now())
    async with open_house(settings_for(tmp_path, sqlite_url), {Clock: clock}) as house:
        yield house


@pytest.fixture
def browser(house: House) -> Visitor:
    """A browser in which nobody is signed in."""
    return Visitor(house.http, "/passkeys")


@pytest.fixture
def holder(house: House) -> Any:
    """What holds the passkeys."""
    return authenticator(origin=house.settings.public_url)


async def came_in(browser: Visitor, person: Person) -> str:
    """Sign in with the password."""
    await browser.open()
    return await browser.submit(email=person.email, password=PASSWORD)


async def added(browser: Visitor, holder: Any, name: str = "Laptop") -> str:
    """Add a passkey with the form that the page shows: the last but one."""
    answer = json.dumps(holder.create(await browser.question()))
    return await browser.submit(number=-2, name=name, credential=answer)


async def passkeys_of(person: Person) -> list[dict[str, Any]]:
    """Return somebody's passkeys."""
    return list((await person.get("/identity/passkeys"))["items"])


async def sessions_of(person: Person) -> int:
    """Return in how many places somebody is signed in."""
    return len((await person.get("/identity/sessions"))["items"])


async def test_a_passkey_is_added_and_signs_in_and_is_removed(house: House, browser: Visitor, holder: Any) -> None:
    """Each page carries on with the ticket of the one before; the last one signs out."""
    ada = await house.person("Ada")
    assert "You have none yet" in await came_in(browser, ada)
    page = await added(browser, holder)
    assert browser.is_at(200)
    assert "“Laptop” is added" in page
    assert "never used" in page
    assert "You are done" in await browser.submit(number=-1)
    assert await sessions_of(ada) == 1

    await browser.open()
    page = await browser.submit(credential=json.dumps(holder.get(await browser.question())))
    assert "last used" in page
    page = await browser.submit()
    assert "The passkey is removed" in page
    assert "You have none yet" in page
    assert await passkeys_of(ada) == []
    await browser.submit(number=-1)
    assert await sessions_of(ada) == 1


async def test_names_are_text(house: House, browser: Visitor, holder: Any) -> None:
    """What people call themselves and their passkeys ends no script, no attribute and no tag."""
    ada = await house.person(f"Ada {EVIL}")
    for page in (await came_in(browser, ada), await added(browser, holder, EVIL)):
        assert browser.is_at(200)
        assert "<b>" not in page
        assert page.count("<script") == page.count("</script>") == 1
        assert (await browser.question())["user"]["displayName"].endswith(EVIL)
    assert [passkey["name"] for passkey in await passkeys_of(ada)] == [EVIL]


async def test_what_is_no_passkey_is_not_added(house: House, browser: Visitor, holder: Any) -> None:
    """The page says so, with another question, and goes on."""
    ada = await house.person("Ada")
    await came_in(browser, ada)
    answer = json.dumps(holder.create(await browser.question()))
    foreign = json.dumps(authenticator(origin="https://evil.example").create(await browser.question()))
    for status, given in (
        (422, {"name": "", "credential": answer}),
        (422, {"name": "x" * 81, "credential": answer}),
        (422, {"name": "Laptop"}),
        (422, {"name": "Laptop", "credential": "[]"}),
        (403, {"name": "Laptop", "credential": "{}"}),
        (403, {"name": "Laptop", "credential": foreign}),
    ):
        page = await browser.submit(number=-2, **given)
        assert browser.is_at(status), given
        assert '<p role="alert" id="problem"></p>' not in page
    assert await passkeys_of(ada) == []
    assert "is added" in await added(browser, holder)


async def test_a_question_to_somebody_is_answered_by_nobody_else(house: House, browser: Visitor, holder: Any) -> None:
    """A passkey that was made for Eve does not get into Ada's account."""
    ada, eve, hers = await house.person("Ada"), await house.person("Eve"), Visitor(house.http, "/passkeys")
    await came_in(browser, ada)
    await came_in(hers, eve)
    answer = json.dumps(holder.create(await hers.question()))
    await browser.submit(number=-2, name="Laptop", credential=answer)
    assert browser.is_at(403)
    assert await passkeys_of(ada) == []


async def test_nobody_removes_a_passkey_of_somebody_else(house: House, browser: Visitor, holder: Any) -> None:
    """It is as if it were not there."""
    ada, eve = await house.person("Ada"), await house.person("Eve")
    await came_in(browser, ada)
    await added(browser, holder)
    (theirs,) = await passkeys_of(ada)
    await came_in(browser, eve)
    assert "there is no such passkey" in await browser.submit(do="remove", passkey_id=theirs["id"])
    assert browser.is_at(404)
    assert len(await passkeys_of(ada)) == 1


async def test_a_ticket_is_good_on_its_page_alone(house: House, browser: Visitor) -> None:
    """Changed, or from another page, or after the end, it opens nothing."""
    ada = await house.person("Ada")
    await came_in(browser, ada)
    ticket = browser.fields()["ticket"]
    device = Visitor(house.http, "/device")
    code = (await house.http.post("/api/v1/identity/devices")).json()["user_code"]
    await device.open(code=code)
    await device.submit(email=ada.email, password=PASSWORD)
    for changed in ("AAAA", ticket[::-1], "é", device.fields()["ticket"], ada.tokens["access_token"]):
        page = await browser.submit(ticket=changed)
        assert browser.is_at(403)
        assert "sign in once more" in page
    await device.submit(ticket=ticket, decision="approve")
    assert device.is_at(403)
    thief = Person(house.http, ada.email, tokens={"access_token": ticket})
    problem(await thief.send("GET", "/identity/me"), 401)

    await browser.submit(ticket=ticket, do="leave")
    assert browser.is_at(200)
    await browser.submit(ticket=ticket)
    assert browser.is_at(403)


async def test_who_waits_too_long_signs_in_again(house: House, browser: Visitor, holder: Any) -> None:
    """The ticket is good for some minutes."""
    ada, clock = await house.person("Ada"), await house.server.container.get(Clock)
    await came_in(browser, ada)
    assert isinstance(clock, FrozenClock)
    clock.advance(seconds=house.settings.identity.step_up_seconds + 1)
    assert "sign in once more" in await added(browser, holder)
    assert browser.is_at(403)


async def test_who_came_in_too_long_ago_signs_in_again(sqlite_url: str, tmp_path: Path) -> None:
    """Where a ticket outlives the proof that what is sensitive wants; nobody stays signed in."""
    settings = settings_for(tmp_path, sqlite_url)
    settings = settings.model_copy(
        update={"identity": settings.identity.model_copy(update={"step_up_seconds": 60, "access_token_seconds": 600})}
    )
    clock = FrozenClock(SystemClock().now())
    async with open_house(settings, {Clock: clock}) as house:
        ada, browser = await house.person("Ada"), Visitor(house.http, "/passkeys")
        await came_in(browser, ada)
        clock.advance(seconds=61)
        page = await added(browser, authenticator(origin=house.settings.public_url))
        assert browser.is_at(403)
        assert "sign in once more" in page
        assert (await passkeys_of(ada), await sessions_of(ada)) == ([], 1)


async def test_whoever_has_as_many_as_they_may_is_told(house: House, browser: Visitor, holder: Any) -> None:
    """There is no form to add another one then, and there is one again when one is removed."""
    ada = await house.person("Ada")
    for number in range(20):
        options = (await ada.post("/identity/passkeys/begin"))["public_key"]
        await ada.post("/identity/passkeys", {"name": f"Key {number}", "credential": holder.create(options)})
    assert "remove one first" in await came_in(browser, ada)
    assert "remove one first" not in await browser.submit()


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
async def test_pages_of_others_cannot_send_the_forms(house: House, browser: Visitor, headers: dict[str, str]) -> None:
    """Neither to sign in nor to go on (CSRF)."""
    ada = await house.person("Ada")
    problem(
        await house.http.post("/passkeys", data={"email": ada.email, "password": PASSWORD}, headers=headers),
        403,
    )
    await came_in(browser, ada)
    problem(await house.http.post("/passkeys", data=browser.fields(-1), headers=headers), 403)
    assert await sessions_of(ada) == 2


async def test_the_page_is_not_kept_not_framed_and_runs_its_own_script_alone(house: House, browser: Visitor) -> None:
    """Which may call this server, and no other; no cookie is set."""
    ada = await house.person("Ada")
    for step in (browser.open, partial(came_in, browser, ada), partial(browser.submit, number=-1)):
        page = await step()
        assert browser.page is not None
        policy = browser.page.headers["content-security-policy"]
        for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
            assert part in policy
        assert "unsafe" not in policy
        assert ("connect-src 'self'" in policy) == ("<script" in page)
        assert browser.page.headers["cache-control"] == "no-store"
        assert "set-cookie" not in browser.page.headers
