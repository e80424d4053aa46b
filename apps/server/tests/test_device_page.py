"""The page on which people type the code that a device shows."""

import html
import re
from typing import Any

import httpx2
import pyotp
import pytest

from colonnade.core import Clock, SystemClock
from colonnade.testing import FrozenClock

from .house import PASSWORD, House, Person, good, open_house, problem, settings_for

OUR_PAGE = {"sec-fetch-site": "same-origin"}
FIELD = re.compile(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"|<input type="hidden" name="(\w+)" value="([^"]*)"')

Json = dict[str, Any]


class Browser:
    """Somebody's browser, on the page."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self.page: httpx2.Response | None = None

    async def open(self, code: str = "") -> str:
        """Look at the page."""
        self.page = await self.http.get("/device", params={"code": code} if code else {})
        return self.page.text

    async def submit(self, headers: dict[str, str] | None = None, **typed: str) -> str:
        """Type something into the form that the page shows, and send it."""
        fields = self.fields() | typed
        self.page = await self.http.post("/device", data=fields, headers=OUR_PAGE if headers is None else headers)
        return self.page.text

    def fields(self) -> dict[str, str]:
        """Return what stands in the form."""
        assert self.page is not None
        found = (match.groups() for match in FIELD.finditer(self.page.text))
        return {name or hidden: html.unescape(value or kept or "") for name, value, hidden, kept in found}

    def is_at(self, status: int) -> bool:
        """Tell how the last page was answered."""
        return self.page is not None and self.page.status_code == status


@pytest.fixture
def browser(house: House) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(house.http)


async def asking(house: House) -> Json:
    """Let a device ask, and return its codes."""
    answer = await house.http.post("/api/v1/identity/devices", headers={"user-agent": "colonnade/1 (teapot)"})
    return good(answer)


async def redeem(house: House, codes: Json) -> httpx2.Response:
    """Let the device ask whether it was let in."""
    return await house.http.post("/api/v1/identity/devices/redeem", json={"device_code": codes["device_code"]})


async def to_the_decision(browser: Browser, person: Person, codes: Json) -> str:
    """Type the code, address and password."""
    await browser.open(codes["user_code"])
    return await browser.submit(email=person.email, password=PASSWORD)


async def sessions_of(person: Person) -> list[Json]:
    """Return where somebody is signed in."""
    found: list[Json] = (await person.get("/identity/sessions"))["items"]
    return found


async def test_a_device_is_let_in_by_its_code(house: House, browser: Browser) -> None:
    """The page shows which device asks before anything is decided; afterwards only the device is signed in."""
    ada, codes = await house.person("Ada"), await asking(house)
    assert codes["user_code"] in await browser.open(codes["user_code"])
    shown = await browser.submit(email=ada.email, password=PASSWORD)
    assert codes["user_code"] in shown
    assert "Address" in shown
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


async def test_a_device_that_is_refused_is_not_let_in(house: House, browser: Browser) -> None:
    """It is told so, and nothing is left of the sign-in on the page."""
    ada, codes = await house.person("Ada"), await asking(house)
    await to_the_decision(browser, ada, codes)
    assert "was not let in" in await browser.submit(decision="deny")
    assert problem(await redeem(house, codes), 401)["code"] == "access_denied"
    assert len(await sessions_of(ada)) == 1


async def test_a_code_can_be_typed_as_people_type(house: House, browser: Browser) -> None:
    """In small letters, with blanks, without the hyphen."""
    ada, codes = await house.person("Ada"), await asking(house)
    await browser.open()
    typed = f" {codes['user_code'].lower().replace('-', ' ')} "
    await browser.submit(user_code=typed, email=ada.email, password=PASSWORD)
    assert "The device is signed in" in await browser.submit(decision="approve")


async def test_a_code_that_no_device_shows_is_asked_for_again(house: House, browser: Browser) -> None:
    """The address stays, the password does not, and nobody stays signed in."""
    ada = await house.person("Ada")
    await browser.open("BCDF-GHJK")
    page = await browser.submit(email=ada.email, password=PASSWORD)
    assert browser.is_at(404)
    assert "no device shows this code" in page
    assert browser.fields()["email"] == ada.email
    assert PASSWORD not in page
    assert len(await sessions_of(ada)) == 1


async def test_a_wrong_password_tells_nothing(house: House, browser: Browser) -> None:
    """An address without an account gets the same answer, and no code is shown to be right."""
    ada, codes = await house.person("Ada"), await asking(house)
    pages = []
    for email in (ada.email, "nobody@example.com"):
        await browser.open(codes["user_code"])
        page = await browser.submit(email=email, password="not this one")
        pages.append(re.sub(r'nonce="[^"]+"', "", page).replace(email, ""))
        assert browser.is_at(403)
    assert pages[0] == pages[1]


async def test_whoever_has_a_second_factor_is_asked_for_it(house: House, browser: Browser) -> None:
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


async def test_a_ticket_is_good_for_its_code_alone_and_once(house: House, browser: Browser) -> None:
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


async def test_the_ticket_is_no_token(house: House, browser: Browser) -> None:
    """Whoever reads the page gets nothing that the API takes."""
    ada, codes = await house.person("Ada"), await asking(house)
    await to_the_decision(browser, ada, codes)
    thief = Person(house.http, ada.email, tokens={"access_token": browser.fields()["ticket"]})
    problem(await thief.send("GET", "/identity/me"), 401)


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
async def test_pages_of_others_cannot_send_the_form(house: House, browser: Browser, headers: dict[str, str]) -> None:
    """Neither to sign in nor to decide (CSRF): the device is not let in."""
    ada, codes = await house.person("Ada"), await asking(house)
    await to_the_decision(browser, ada, codes)
    answer = await house.http.post("/device", data=browser.fields() | {"decision": "approve"}, headers=headers)
    problem(answer, 403)
    problem(await redeem(house, codes), 409)


async def test_the_page_loads_nothing_and_is_in_no_frame(house: House, browser: Browser) -> None:
    """Nor is it stored, and what stands in its address is text."""
    page = await browser.open('"><script>alert(1)</script>')
    assert browser.page is not None
    assert "<script>" not in page
    assert '<input name="password" type="password"' in page
    policy = browser.page.headers["content-security-policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert browser.page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a=1&" * 50, b"user_code=" + b"x" * 20_000, b"ticket=x"])
async def test_what_is_no_form_is_answered_with_one(house: House, body: bytes) -> None:
    """However it was mangled."""
    headers = OUR_PAGE | {"content-type": "application/x-www-form-urlencoded"}
    answer = await house.http.post("/device", content=body, headers=headers)
    assert answer.status_code in {403, 413, 422}
    assert "<form" in answer.text or answer.status_code == 413
