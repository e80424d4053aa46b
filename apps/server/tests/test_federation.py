"""Signing in through a real identity provider over HTTP, and what a browser must not be made to do."""

import hashlib
import importlib.util
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pyotp
import pytest

from colonnade.server.federation_routes import COOKIE
from colonnade.server.settings import HttpSection, IdentitySection

from .house import House, Person, open_house, problem, settings_for

PUBLIC_URL = "https://work.test"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def process() -> Iterator[Any]:
    """The provider's process, which is a test of the security package."""
    path = Path(__file__).parents[3] / "packages/security/tests/oidc/running.py"
    spec = importlib.util.spec_from_file_location("oidc_running", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["oidc_running"] = module
    spec.loader.exec_module(module)
    with module.running_provider() as running:
        running.client, running.secret = module.CLIENT, module.SECRET
        yield running


@pytest.fixture
def provider(process: Any) -> Any:
    """The provider, well behaved."""
    process.behave()
    return process


@dataclass
class Browser:
    """A browser: it keeps one cookie, follows nobody, and remembers where it is."""

    house: House
    provider: Any
    ticket: str | None = None
    site: str = "same-origin"

    async def open(self, path: str) -> httpx2.Response:
        """Open a page of ours."""
        cookies = {} if self.ticket is None else {"cookie": f"{COOKIE}={self.ticket}"}
        sent = {**cookies, "sec-fetch-site": self.site}
        answer = await self.house.http.get(path, headers=sent, follow_redirects=False)
        for line in answer.headers.get_list("set-cookie"):
            if line.startswith(f"{COOKIE}="):
                assert "; Path=/; Secure; HttpOnly; SameSite=Lax" in line
                assert "Domain" not in line
                self.ticket = line.partition("=")[2].partition(";")[0] or None
        return answer

    async def leave(self, name: str = "house", **asked: str) -> str:
        """Go to the provider and agree; return the path that it sends us back to."""
        answer = await self.open(str(httpx2.URL(f"/sign-in/oidc/{name}").copy_merge_params(asked)))
        assert answer.status_code == 303, answer.text
        location = answer.headers["location"]
        assert parse_qs(urlsplit(location).query)["redirect_uri"] == [f"{PUBLIC_URL}/sign-in/oidc/{name}/callback"]
        said = self.provider.visit(location)
        return str(httpx2.URL(f"/sign-in/oidc/{name}/callback").copy_merge_params(said))

    async def code(self, name: str = "house", **asked: str) -> str:
        """Go there and back, and return the code that our page gives."""
        answer = await self.open(await self.leave(name, **{"next": "/app", **asked}))
        assert answer.status_code == 303, answer.text
        path, _, code = answer.headers["location"].partition("#code=")
        assert path == "/app"
        return code


@pytest.fixture
async def front(provider: Any, sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server with providers that are one process: one may make accounts, one must ask for a strong sign-in."""
    about = {"issuer": provider.issuer, "client_id": provider.client, "client_secret": provider.secret}
    allowed = {"allowed_networks": ["127.0.0.1/32"], "timeout_seconds": 2}
    identity = IdentitySection(
        password_memory_kibibytes=8,
        password_iterations=1,
        confirm_email=False,
        providers=[  # type: ignore[arg-type]  # as in a file
            {"name": "house", "title": "House", **about, **allowed},
            {"name": "open", "title": "Open", "register_people": True, **about, **allowed},
            {"name": "shut", "title": "Shut", **about},
            {"name": "strict", "title": "Strict", "acr_values": ["strong"], **about, **allowed},
        ],
    )
    settings = settings_for(tmp_path, sqlite_url, identity=identity, http=HttpSection(public_url=PUBLIC_URL))
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(open_house(settings))


async def redeemed(house: House, code: str, **proof: str) -> httpx2.Response:
    """Exchange a code."""
    return await house.stranger().send("POST", "/identity/providers/redeem", {"code": code, **proof})


async def test_somebody_links_an_account_and_signs_in_with_it(front: House, provider: Any) -> None:
    """And unlinks it; the providers that there are can be seen by everybody."""
    ada, browser = await front.person(), Browser(front, provider)
    first, *_ = (await front.stranger().get("/identity/providers"))["items"]
    assert first == {"name": "house", "title": "House", "start": "/sign-in/oidc/house"}
    start = (await ada.post("/identity/providers/link", {"provider": "house"}))["url"]
    assert start.startswith(f"{PUBLIC_URL}/sign-in/oidc/house?link=")
    code = await browser.code(link=start.partition("=")[2])
    link = await ada.post("/identity/providers/finish-link", {"code": code})
    assert [one["id"] for one in (await ada.get("/identity/providers/linked"))["items"]] == [link["id"]]

    tokens = (await redeemed(front, await browser.code())).json()
    again = front.stranger()
    again.tokens = tokens
    assert (await again.get("/identity/me"))["id"] == (await ada.get("/identity/me"))["id"]
    assert (await ada.send("DELETE", f"/identity/providers/linked/{link['id']}")).is_success
    assert (await redeemed(front, await browser.code())).status_code == 401


async def test_a_stranger_gets_an_account_from_a_provider_that_may_make_one(front: House, provider: Any) -> None:
    """From another one, none."""
    browser = Browser(front, provider)
    refused = await redeemed(front, await browser.code("house"))
    assert (refused.status_code, refused.json()["code"]) == (401, "identity.external_unknown")
    stranger = front.stranger()
    stranger.tokens = (await redeemed(front, await browser.code("open"))).json()
    assert (await stranger.get("/identity/me"))["email"] == "ada@example.com"


async def linked(house: House, provider: Any) -> tuple[Person, Browser]:
    """Let somebody link their account at the provider."""
    ada, browser = await house.person(), Browser(house, provider)
    start = (await ada.post("/identity/providers/link", {"provider": "house"}))["url"]
    await ada.post("/identity/providers/finish-link", {"code": await browser.code(link=start.partition("=")[2])})
    return ada, browser


async def test_whoever_has_a_second_factor_is_asked_for_it(front: House, provider: Any) -> None:
    """The provider's word is the first half, unless it says that it asked for several factors itself."""
    ada, browser = await linked(front, provider)
    app = pyotp.TOTP((await ada.post("/identity/second-factor"))["secret"])
    codes = (await ada.post("/identity/second-factor/confirm", {"code": app.now()}))["codes"]

    asked = problem(await redeemed(front, await browser.code()), 401)
    assert (asked["code"], asked["methods"]) == ("identity.second_factor_required", ["recovery", "totp"])
    again = {"challenge": asked["challenge"], "code": codes[0]}
    assert (await front.stranger().send("POST", "/identity/sessions/code", again)).is_success

    provider.behave(claims={"amr": ["pwd", "otp", "mfa"]})
    assert (await redeemed(front, await browser.code())).is_success


async def test_a_demanded_way_to_sign_in_is_checked(front: House, provider: Any) -> None:
    """Whoever signed in there in another way is told, and has no session here."""
    for said, status in (({}, 401), ({"acr": "weak"}, 401), ({"acr": "strong"}, 200)):
        provider.behave(claims=said)
        browser = Browser(front, provider)
        assert (await browser.open(await browser.leave("strict"))).status_code == status


async def test_a_sign_in_of_long_ago_is_no_fresh_proof(front: House, provider: Any) -> None:
    """What is sensitive asks for another one, however new the session is."""
    await linked(front, provider)
    now = int(time.time())
    for signed_in_at, answered in ((now, True), (now - 86_400, False)):
        provider.behave(claims={"auth_time": signed_in_at})
        again = front.stranger()
        again.tokens = (await redeemed(front, await Browser(front, provider).code())).json()
        answer = await again.send("POST", "/identity/providers/link", {"provider": "open"})
        assert answer.is_success == answered
        if not answered:
            assert problem(answer, 401)["code"] == "step_up_required"


async def test_a_browser_is_signed_in_by_cookie_if_it_wants(front: House, provider: Any) -> None:
    """It sees no token."""
    browser = Browser(front, provider)
    answer = await browser.open(await browser.leave("open", mode="cookie", next="/app"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/app")
    cookies = [line for line in answer.headers.get_list("set-cookie") if not line.startswith(COOKIE)]
    assert cookies
    assert all("Secure" in line for line in cookies)


async def test_no_browser_is_signed_in_that_another_site_sent(front: House, provider: Any) -> None:
    """A link in a mail or elsewhere must not put somebody into an account, be it their own."""
    for site, status in (("same-origin", 303), ("cross-site", 403), ("none", 403)):
        path = "/sign-in/oidc/open?mode=cookie&next=/app"
        assert (await Browser(front, provider, site=site).open(path)).status_code == status
        assert (await Browser(front, provider, site=site).open("/sign-in/oidc/open?next=/app")).status_code == 303


async def test_a_browser_that_wants_cookies_is_asked_for_the_second_factor_too(front: House, provider: Any) -> None:
    """The page that it goes back to hears what to go on with, where no server and no log sees it."""
    ada, browser = await linked(front, provider)
    app = pyotp.TOTP((await ada.post("/identity/second-factor"))["secret"])
    codes = (await ada.post("/identity/second-factor/confirm", {"code": app.now()}))["codes"]
    answer = await browser.open(await browser.leave(mode="cookie", next="/app"))
    path, _, rest = answer.headers["location"].partition("#")
    assert path == "/app"
    assert not [line for line in answer.headers.get_list("set-cookie") if not line.startswith(COOKIE)]
    asked = parse_qs(rest)
    assert asked["methods"] == ["recovery", "totp"]
    again = {"challenge": asked["challenge"][0], "code": codes[0]}
    assert (await front.stranger().send("POST", "/identity/sessions/code", again)).is_success


async def test_the_provider_asks_anew_if_that_is_wanted(front: House, provider: Any) -> None:
    """For a fresh proof, although somebody is signed in there."""
    for path, wanted in (("/sign-in/oidc/open?prompt=login", ["login"]), ("/sign-in/oidc/open", None)):
        answer = await Browser(front, provider).open(path)
        asked = parse_qs(urlsplit(answer.headers["location"]).query)
        assert (asked.get("prompt"), asked.get("max_age")) == (wanted, ["0"] if wanted else None)


async def test_a_code_is_shown_to_whoever_has_nowhere_to_go(front: House, provider: Any) -> None:
    """On a page that nobody stores and that runs nothing."""
    browser = Browser(front, provider)
    answer = await browser.open(await browser.leave("open"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    code = answer.text.partition("<code>")[2].partition("</code>")[0]
    assert (await redeemed(front, code)).is_success


async def test_an_answer_comes_once(front: House, provider: Any) -> None:
    """The same URL with the same cookie is refused the second time, although the provider would take it."""
    provider.behave(forgetful=True)
    browser = Browser(front, provider)
    path = await browser.leave("open")
    ticket = browser.ticket
    assert (await browser.open(path)).status_code == 200
    assert browser.ticket is None
    browser.ticket = ticket
    assert (await browser.open(path)).status_code == 401


async def test_a_code_is_good_once_for_whoever_began(front: House, provider: Any) -> None:
    """Whoever begins with a challenge shows what it was made of."""
    browser = Browser(front, provider)
    stolen = await browser.code("open", challenge=CHALLENGE)
    assert (await redeemed(front, stolen)).status_code == 401
    code = await browser.code("open", challenge=CHALLENGE)
    assert (await redeemed(front, code, verifier=VERIFIER)).is_success
    assert (await redeemed(front, code, verifier=VERIFIER)).status_code == 401


async def test_a_browser_takes_no_answer_that_another_began(front: House, provider: Any) -> None:
    """With a cookie of its own, without one, with an altered one, or from another provider (login CSRF, mix-up)."""
    mine, theirs = Browser(front, provider), Browser(front, provider)
    path = await theirs.leave("open")
    await mine.leave("open")
    altered = Browser(front, provider, (theirs.ticket or "")[:-2] + "AA")
    for browser in (mine, Browser(front, provider), altered):
        assert (await browser.open(path)).status_code == 401
    assert (await theirs.open(path.replace("/open/", "/house/"))).status_code == 401
    assert (await theirs.open(path.replace("iss=", "iss=https%3A%2F%2Fevil.example&is="))).status_code == 401
    assert (await Browser(front, provider).open(path)).status_code == 401


async def test_a_parameter_that_comes_twice_is_refused(front: House, provider: Any) -> None:
    """It could mean one thing here and another there."""
    browser = Browser(front, provider)
    path = await browser.leave("open")
    assert (await browser.open(f"{path}&state=another")).status_code == 422


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/a\r\nset-cookie: a=b",
        "app",
        "",
        "/" + "x" * 1001,
    ],
)
async def test_nobody_is_sent_elsewhere(front: House, provider: Any, elsewhere: str) -> None:
    """Only to paths of ours."""
    answer = await Browser(front, provider).open(
        str(httpx2.URL("/sign-in/oidc/open").copy_merge_params({"next": elsewhere}))
    )
    assert answer.status_code == 422
    assert "location" not in answer.headers


async def test_where_we_are_is_never_what_a_request_says(front: House, provider: Any) -> None:
    """Or a forged Host would have codes sent to others."""
    answer = await front.http.get("/sign-in/oidc/open", headers={"host": "evil.example"}, follow_redirects=False)
    assert "evil.example" not in answer.headers["location"]


@pytest.mark.parametrize(
    "lie",
    [
        {"alg": "none"},
        {"alg": "HS256", "hmac": "secret"},
        {"claims": {"aud": "another"}},
        {"claims": {"exp": 1_700_000_000}},
        {"claims": {"nonce": "another"}},
        {"answer": {"error": "<script>alert(1)</script>", "code": None}},
    ],
    ids=repr,
)
async def test_a_provider_that_lies_signs_nobody_in(front: House, provider: Any, lie: dict[str, Any]) -> None:
    """People see that it did not work, and nothing of what the provider said."""
    provider.behave(**lie)
    browser = Browser(front, provider)
    answer = await browser.open(await browser.leave("open"))
    assert answer.status_code == 401
    assert "did not work" in answer.text
    assert "<script" not in answer.text


async def test_a_provider_that_is_down_is_told_so(
    front: House, provider: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """At once, as not available now; one on a network that is not allowed, as refused; an unknown one, as not there.

    The operator reads of the first two what was wrong.
    """
    provider.behave(status={"/.well-known/openid-configuration": 503})
    browser = Browser(front, provider)
    statuses = [(await browser.open(f"/sign-in/oidc/{name}")).status_code for name in ("house", "shut", "evil")]
    assert statuses == [503, 401, 404]
    said = [record.message.partition(":")[0] for record in caplog.records if record.name == "colonnade.identity"]
    assert said == [
        "nobody was signed in through house (oidc.provider_unavailable)",
        "nobody was signed in through shut (provider)",
    ]
