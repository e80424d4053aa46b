"""What is around every request, in the running server: cookies, counts, addresses, headers."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest

from colonnade.api.contract.sessions import COOKIE
from colonnade.core import Clock, SystemClock
from colonnade.server.pipeline import uvicorn_options
from colonnade.server.settings import HttpSection, RateSection
from colonnade.testing import FrozenClock

from .house import PASSWORD, House, open_house, problem, settings_for

OWN_PAGE = {"sec-fetch-site": "same-origin", "origin": "https://work.test"}
SESSIONS = "/api/v1/identity/sessions"


@pytest.fixture
async def counted(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server that counts within one minute that never ends, behind a proxy at 10.0.0.1."""
    http = HttpSection(
        public_url="https://work.test", trusted_proxies=(ip_network("10.0.0.1/32"),), cors_origins=("https://a.test",)
    )
    settings = settings_for(tmp_path, sqlite_url, http=http, rates=RateSection(factor=0.2))
    async with open_house(settings, {Clock: FrozenClock(SystemClock().now())}) as house:
        yield house


def at(house: House, address: str) -> httpx2.AsyncClient:
    """Return a client at an address."""
    transport = httpx2.ASGITransport(house.server.application, client=(address, 1))
    return httpx2.AsyncClient(transport=transport, base_url="https://work.test")


async def test_a_person_works_in_a_browser(counted: House) -> None:
    """Sign in, look, change something, stay signed in, sign out: by cookie, with a proof for each change."""
    person = await counted.person()
    async with at(counted, "192.0.2.1") as browser:
        credentials = {"email": person.email, "password": PASSWORD}
        answer = await browser.post(SESSIONS, json=credentials, headers={"colonnade-session": "cookie", **OWN_PAGE})
        assert answer.status_code == 201
        assert "access_token" not in answer.text
        own = {**OWN_PAGE, "x-csrf-token": answer.json()["csrf_token"]}
        assert (await browser.get("/api/v1/identity/me")).json()["email"] == person.email
        workspace = {"name": "Analytical Engines", "slug": "engines"}
        problem(await browser.post("/api/v1/workspaces", json=workspace), 403)
        assert (await browser.post("/api/v1/workspaces", json=workspace, headers=own)).status_code == 201
        renewed = await browser.post(f"{SESSIONS}/refresh", headers=own)
        assert renewed.status_code == 200
        own["x-csrf-token"] = renewed.json()["csrf_token"]
        stolen = browser.cookies[COOKIE]
        assert (await browser.post(f"{SESSIONS}/end", headers=own)).status_code == 204
        assert COOKIE not in browser.cookies
        problem(await browser.get("/api/v1/identity/me", headers={"cookie": f"{COOKIE}={stolen}"}), 401)


async def test_guessing_ends_whatever_address_is_claimed(counted: House) -> None:
    """Directly, and through the proxy; at accounts that each have guesses left."""
    for peer in ("192.0.2.1", "10.0.0.1"):
        async with at(counted, peer) as client:
            statuses = []
            for number in range(7):
                forwarded = {"x-forwarded-for": f"198.51.100.{number}, 203.0.113.7"}
                guess = {"email": f"ada{number}@example.com", "password": "difference engine"}
                statuses.append((await client.post(SESSIONS, json=guess, headers=forwarded)).status_code)
        assert statuses == [401] * 6 + [429]


async def test_nobody_asks_for_many_addresses_by_adding_them(counted: House) -> None:
    """Whether they have an account or not; everything else goes on."""
    ada = await counted.person()
    members, statuses = f"{await counted.workspace(ada)}/members", []
    for number in range(13):
        answer = await ada.send("POST", members, {"email": f"person{number}@nowhere.example.com"})
        statuses.append(answer.status_code)
    assert statuses == [404] * 12 + [429]
    assert answer.headers["ratelimit"].startswith('"invitations-person"')
    assert (await ada.send("GET", members)).status_code == 200


async def test_the_page_for_devices_is_no_way_around(counted: House) -> None:
    """Who has guessed enough at the API, or there, guesses no more at either."""
    for before in (0, 4):
        async with at(counted, f"192.0.2.{before + 1}") as client:
            statuses = []
            for number in range(7):
                guess = {"email": f"ada{before}{number}@example.com", "password": "difference engine"}
                if number < before:
                    statuses.append((await client.post(SESSIONS, json=guess)).status_code)
                else:
                    typed = {**guess, "user_code": "BCDF-GHJK"}
                    statuses.append((await client.post("/device", data=typed, headers=OWN_PAGE)).status_code)
        assert statuses == [401] * before + [403] * (6 - before) + [429]


@pytest.mark.parametrize(
    ("method", "path", "typed"),
    [
        ("POST", "/reset", {"token": "id.secret", "password": "quite another engine"}),
        ("POST", "/verify", {"token": "id.secret"}),
        ("POST", "/change-email", {"token": "id.secret"}),
        ("POST", "/unsubscribe/made-up", {}),
        ("GET", "/sign-in/oidc/house/callback?state=made-up", {}),
    ],
)
async def test_secrets_are_not_guessed_at_pages(
    counted: House, method: str, path: str, typed: Mapping[str, str]
) -> None:
    """Each address has its quota, also behind the proxy."""
    async with at(counted, "10.0.0.1") as client:
        for person in ("203.0.113.7", "203.0.113.8"):
            forwarded = {"x-forwarded-for": person}
            for _ in range(6):
                assert (await client.request(method, path, data=typed, headers=forwarded)).status_code < 429
            refused = await client.request(method, path, data=typed, headers=forwarded)
            assert refused.status_code == 429
            assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", ["/reset", "/device"])
async def test_a_form_is_bounded(sqlite_url: str, tmp_path: Path, path: str) -> None:
    """In size, and in how long it may pause: who sends a byte now and then is not waited for."""

    async def stalled() -> AsyncIterator[bytes]:
        yield b"token="
        await asyncio.Event().wait()

    http = HttpSection(body_idle_seconds=0.1)
    async with open_house(settings_for(tmp_path, sqlite_url, http=http)) as house, at(house, "192.0.2.1") as client:
        problem(await client.post(path, content=b"token=" + b"x" * 100_000, headers=OWN_PAGE), 413)
        problem(await client.post(path, content=stalled(), headers=OWN_PAGE), 408)


async def test_answers_are_hardened_and_listed_sites_may_call(counted: House) -> None:
    """HSTS since people come by TLS; other sites get nothing."""
    async with at(counted, "192.0.2.1") as client:
        ours = await client.get("/api/docs", headers={"origin": "https://a.test"})
        assert ours.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
        assert ours.headers["access-control-allow-origin"] == "https://a.test"
        theirs = await client.get("/api/docs", headers={"origin": "https://evil.test"})
        assert "access-control-allow-origin" not in theirs.headers


def test_uvicorn_trusts_nobody_and_says_nothing(tmp_path: Path) -> None:
    """Its own reading of forwarded addresses is off; TLS is that of the settings."""
    files = HttpSection(tls_certificate=tmp_path / "a.pem", tls_key=tmp_path / "a.key")
    options = uvicorn_options(settings_for(tmp_path, "sqlite:///x", http=files))
    assert options["proxy_headers"] is False
    assert options["server_header"] is False
    assert options["ssl_certfile"] == tmp_path / "a.pem"
    with pytest.raises(ValueError, match="belong together"):
        HttpSection(tls_certificate=tmp_path / "a.pem")


def test_tls_is_no_older_than_1_2_and_has_forward_secrecy(tmp_path: Path) -> None:
    """And suites that authenticate what they encrypt alone (RFC 9325)."""
    files = HttpSection(tls_certificate=tmp_path / "a.pem", tls_key=tmp_path / "a.key")
    options = uvicorn_options(settings_for(tmp_path, "sqlite:///x", http=files))
    context = options["ssl_context_factory"](None, lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    older = [suite["name"] for suite in context.get_ciphers() if suite["protocol"] != "TLSv1.3"]
    assert older
    assert all(name.startswith("ECDHE-") and ("GCM" in name or "CHACHA20" in name) for name in older)
