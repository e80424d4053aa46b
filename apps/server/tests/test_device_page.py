"""The page on which people type the code that a device shows."""

import json
import re
from typing import Any

import httpx2
import pyotp
import pytest

from colonnade.core import Clock, SystemClock
from colonnade.testing import FrozenClock

from .authenticator import authenticator
from .house import PASSWORD, House, Person, good, open_house, problem, settings_for
from .visitor import OUR_PAGE, Visitor

Json = dict[str, Any]


@pytest.fixture
def browser(house: House) -> Visitor:
    """A browser in which nobody is signed in."""
    return Visitor(house.http, "/device")


async def asking(house: House) -> Json:
    """Let a device ask, and return its codes."""
    answer = await house.http.post("/api/v1/identity/devices", headers={"user-agent": "colonnade/1 (teapot)"})
    return good(answer)


async def redeem(house: House, codes: Json) -> httpx2.Response:
    """Let the device ask whether it was let in."""
    return await house.http.post("/api/v1/identity/devices/redeem", json={"device_code": codes["device_code"]})


async def to_the_decision(browser: Visitor, person: Person, codes: Json) -> str:
    """Type the code, address and password."""
    await browser.open(code=codes["user_code"])
    return await browser.submit(email=person.email, password=PASSWORD)


async def sessions_of(person: Person) -> list[Json]:
    """Return where somebody is signed in."""
    found: list[Json] = (await person.get("/identity/sessions"))["items"]
    return found


async def test_a_device_is_let_in_by_its_code(house: House, browser: Visitor) -> None:
    """The page shows which device asks before anything is decided; afterwards only the device is signed in."""
    ada, codes = await house.person("Ada"), await asking(house)
    assert codes["user_code"] in await browser.open(code=codes["user_code"])
    shown = await browser.submit(email=ada.email, password=PASSWORD)
    assert codes["user_code"] in shown
    assert "Address" in shown
    assert "180 days at most, 30 days without use" in shown
    problem(await redeem(house, codes), 409)
    assert "The device is signed in" in await browser.submit(decision="approve")
    after = Person(house.http, ada.email, tokens=good(await redeem(await later(house), codes)))
    assert (await after.get("/identity/me"))["email"] == ada.email
    assert len(await sessions_of(ada)) == 2


async def later(house: House) -> House:
    """Let the device wait as long as it should between two questions."""
    clock = await house.server.container.get(Clock)
    assert isinstance(clock, FrozenClock)
    clock.advance(seconds=6)
    return house


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Any) -> Any:
    """A server whose clock the test moves."""
    clock = FrozenClock(SystemClock().now())
    async with open_house(settings_for(tmp_path, sqlite_url), {Clock: clock}) as house:
        yield house


async def test_a_device_that_is_refused_is_not_let_in(house: House, browser: Visitor) -> None:
    """It is told so, and nothing is left of the sign-in on the page."""
    ada, codes = await house.person("Ada"), await asking(house)
    await to_the_decision(browser, ada, codes)
    assert "was not let in" in await browser.submit(decision="deny")
    assert problem(await redeem(house, codes), 401)["code"] == "access_denied"
    assert len(await sessions_of(ada)) == 1


async def test_a_code_can_be_typed_as_people_type(house: House, browser: Visitor) -> None:
    """In small letters, with blanks, without the hyphen."""
    ada, codes = await house.person("Ada"), await asking(house)
    await browser.open()
    typed = f" {codes['user_code'].lower().replace('-', ' ')} "
    await browser.submit(user_code=typed, email=ada.email, password=PASSWORD)
    assert "The device is signed in" in await browser.submit(decision="approve")


async def test_a_code_that_no_device_shows_is_asked_for_again(house: House, browser: Visitor) -> None:
    """The address stays, the password does not, and nobody stays signed in."""
    ada = await house.person("Ada")
    await browser.open(code="BCDF-GHJK")
    page = await browser.submit(email=ada.email, password=PASSWORD)
    assert browser.is_at(404)
    assert "no device shows this code" in page
    assert browser.fields()["email"] == ada.email
    assert PASSWORD not in page
    assert len(await sessions_of(ada)) == 1


async def test_a_wrong_password_tells_nothing(house: House, browser: Visitor) -> None:
    """An address without an account gets the same answer, and no code is shown to be right."""
    ada, codes = await house.person("Ada"), await asking(house)
    pages = []
    for email in (ada.email, "nobody@example.com"):
        await browser.open(code=codes["user_code"])
        page = await browser.submit(email=email, password="not this one")
        pages.append(re.sub(r'nonce="[^"]+"', "", page).replace(email, ""))
        assert browser.is_at(403)
    assert pages[0] == pages[1]


async def test_whoever_has_a_second_factor_is_asked_for_it(house: House, browser: Visitor) -> None:
    """A wrong code is asked for again; the password need not be typed twice."""
    ada, codes = await house.person("Ada"), await asking(house)
    secret = (await ada.post("/identity/second-factor"))["secret"]
    app, clock = pyotp.TOTP(secret), await house.server.container.get(Clock)
    await ada.post("/identity/second-factor/confirm", {"code": app.at(clock.now())})
    assert "recovery code" in await to_the_decision(browser, ada, codes)
    await browser.submit(code="000000")
    assert browser.is_at(403)
    clock.advance(seconds=60)
    assert "Is this your device?" in await browser.submit(code=app.at(clock.now()))
    assert "The device is signed in" in await browser.submit(decision="approve")


async def test_whoever_takes_too_long_for_the_second_factor_begins_again(house: House, browser: Visitor) -> None:
    """A challenge that is not good any more is not asked about once more."""
    ada, codes = await house.person("Ada"), await asking(house)
    app = pyotp.TOTP((await ada.post("/identity/second-factor"))["secret"])
    clock = await house.server.container.get(Clock)
    await ada.post("/identity/second-factor/confirm", {"code": app.at(clock.now())})
    await to_the_decision(browser, ada, codes)
    clock.advance(seconds=house.settings.identity.challenge_seconds)
    page = await browser.submit(code=app.at(clock.now()))
    assert browser.is_at(403)
    assert "That took too long" in page
    assert 'type="password"' in page
    assert browser.fields()["user_code"] == codes["user_code"]


async def passkey_of(house: House, person: Person) -> Any:
    """Let somebody make a passkey, and return the browser that has it."""
    holder = authenticator(origin=house.settings.public_url)
    options = (await person.post("/identity/passkeys/begin"))["public_key"]
    await person.post("/identity/passkeys", {"name": "Laptop", "credential": holder.create(options)})
    return holder


async def test_a_passkey_needs_no_name(house: House, browser: Visitor) -> None:
    """Its button asks the API for the question; the answer comes with the form, and the device is let in."""
    ada, codes = await house.person("Ada"), await asking(house)
    holder = await passkey_of(house, ada)
    await browser.open(code=codes["user_code"])
    answer = json.dumps(holder.get(await browser.question()))
    assert "Is this your device?" in await browser.submit(credential=answer)
    assert "The device is signed in" in await browser.submit(decision="approve")
    after = Person(house.http, ada.email, tokens=good(await redeem(await later(house), codes)))
    assert (await after.get("/identity/me"))["email"] == ada.email
    assert len(await sessions_of(ada)) == 2


async def test_an_answer_of_a_passkey_is_good_once(house: House, browser: Visitor) -> None:
    """Nor is one good that was given elsewhere, or is no answer at all."""
    ada, codes = await house.person("Ada"), await asking(house)
    holder = await passkey_of(house, ada)
    await browser.open(code=codes["user_code"])
    answer = json.dumps(holder.get(await browser.question()))
    await browser.submit(credential=answer)
    assert browser.is_at(200)
    foreign = authenticator(origin="https://evil.example", passkeys=holder.passkeys)
    await browser.open(code=codes["user_code"])
    for status, wrong in (
        (403, answer),
        (403, json.dumps(foreign.get(await browser.question()))),
        (403, "{}"),
        (422, "[]"),
        (422, "{"),
        (422, "[" * 5000),
    ):
        page = await browser.submit(credential=wrong)
        assert browser.is_at(status)
        assert "Let a device act for you" in page
    assert len(await sessions_of(ada)) == 2


async def test_a_passkey_can_be_the_second_factor(house: House, browser: Visitor) -> None:
    """Beside the code; after a wrong one both ways are still there."""
    ada, codes = await house.person("Ada"), await asking(house)
    holder = await passkey_of(house, ada)
    app = pyotp.TOTP((await ada.post("/identity/second-factor"))["secret"])
    clock = await house.server.container.get(Clock)
    await ada.post("/identity/second-factor/confirm", {"code": app.at(clock.now())})
    await to_the_decision(browser, ada, codes)
    for wrong in ({"code": "000000"}, {"credential": "{}"}):
        page = await browser.submit(**wrong)
        assert browser.is_at(403)
        assert 'name="code"' in page
        assert "Use a passkey" in page
    answer = json.dumps(holder.get(await browser.question()))
    assert "Is this your device?" in await browser.submit(credential=answer)
    assert "The device is signed in" in await browser.submit(decision="approve")


async def test_a_passkey_of_somebody_else_is_no_second_factor(house: House, browser: Visitor) -> None:
    """However good its answer is."""
    ada, eve, codes = await house.person("Ada"), await house.person("Eve"), await asking(house)
    await passkey_of(house, ada)
    hers = await passkey_of(house, eve)
    app = pyotp.TOTP((await ada.post("/identity/second-factor"))["secret"])
    clock = await house.server.container.get(Clock)
    await ada.post("/identity/second-factor/confirm", {"code": app.at(clock.now())})
    await to_the_decision(browser, ada, codes)
    await browser.submit(credential=json.dumps(hers.get(await browser.question())))
    assert browser.is_at(403)
    assert len(await sessions_of(ada)) == 1


async def test_a_ticket_is_good_for_its_code_alone_and_once(house: House, browser: Visitor) -> None:
    """With another code, changed, or after the decision it lets nothing in."""
    ada, codes, others = await house.person("Ada"), await asking(house), await asking(house)
    await to_the_decision(browser, ada, codes)
    decided = browser.fields()
    for changed in (
        {"user_code": others["user_code"]},
        {"ticket": "AAAA"},
        {"ticket": decided["ticket"][::-1]},
        {"ticket": "é"},
    ):
        await browser.submit(**(decided | changed), decision="approve")
        assert browser.is_at(403)
    await browser.submit(**decided, decision="approve")
    assert browser.is_at(200)
    await browser.submit(**decided, decision="approve")
    assert browser.is_at(403)
    assert problem(await redeem(house, others), 409)["code"] == "authorization_pending"


async def test_the_ticket_is_no_token(house: House, browser: Visitor) -> None:
    """Whoever reads the page gets nothing that the API takes."""
    ada, codes = await house.person("Ada"), await asking(house)
    await to_the_decision(browser, ada, codes)
    thief = Person(house.http, ada.email, tokens={"access_token": browser.fields()["ticket"]})
    problem(await thief.send("GET", "/identity/me"), 401)


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
async def test_pages_of_others_cannot_send_the_form(house: House, browser: Visitor, headers: dict[str, str]) -> None:
    """Neither to sign in nor to decide (CSRF): the device is not let in."""
    ada, codes = await house.person("Ada"), await asking(house)
    await to_the_decision(browser, ada, codes)
    answer = await house.http.post("/device", data=browser.fields() | {"decision": "approve"}, headers=headers)
    problem(answer, 403)
    problem(await redeem(house, codes), 409)


async def test_the_page_loads_nothing_and_is_in_no_frame(house: House, browser: Visitor) -> None:
    """Nor is it stored, and what stands in its address is text."""
    page = await browser.open(code='"><script>alert(1)</script>')
    assert browser.page is not None
    assert "<script>" not in page
    assert page.count("<script") == 1
    assert '<input name="password" type="password"' in page
    policy = browser.page.headers["content-security-policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert part in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert browser.page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a=1&" * 50, b"user_code=" + b"x" * 20_000, b"ticket=x"])
async def test_what_is_no_form_is_answered_with_one(house: House, body: bytes) -> None:
    """However it was mangled."""
    headers = OUR_PAGE | {"content-type": "application/x-www-form-urlencoded"}
    answer = await house.http.post("/device", content=body, headers=headers)
    assert answer.status_code in {403, 413, 422}
    assert "<form" in answer.text or answer.status_code == 413
