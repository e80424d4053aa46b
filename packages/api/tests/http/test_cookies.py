"""Web sign-in: one cookie that no script reads, and requests that only our own pages can make."""

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import httpx2
import pytest

from colonnade.api.contract.sessions import COOKIE, PROOF_COOKIE
from colonnade.api.http import HttpSettings

from .porch import OWN_PAGE, PUBLIC_URL, House, built

CROSS_SITE = {"sec-fetch-site": "cross-site", "origin": "https://evil.test"}
COOKIE_MODE = {"colonnade-session": "cookie", **OWN_PAGE}


@pytest.fixture
async def house() -> House:
    """A house with a door."""
    return await built()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser; what it sends by itself is given by the test."""
    async with house.visited() as client:
        yield client


async def signed_in(client: httpx2.AsyncClient, **headers: str) -> tuple[dict[str, str], str]:
    """Sign in as a page does, and return the cookies that the browser sends from now on, and the proof."""
    answer = await client.post("/door", json={"password": "sesame"}, headers={**COOKIE_MODE, **headers})
    assert answer.status_code == 201
    client.cookies.clear()
    cookies = {name: morsel.value for name, morsel in set_by(answer).items()}
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}, answer.json()["csrf_token"]


def set_by(answer: httpx2.Response) -> "SimpleCookie":
    """Return the cookies that an answer sets."""
    jar = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return jar


async def test_the_tokens_are_in_the_cookie_and_not_in_the_answer(client: httpx2.AsyncClient) -> None:
    """So that no script, ours or injected, can read or send them elsewhere."""
    answer = await client.post("/door", json={"password": "sesame"}, headers=COOKIE_MODE)
    assert answer.json().keys() == {"expires_in", "csrf_token"}
    jar = set_by(answer)
    assert jar[COOKIE].value == "access.1|refresh.1"
    for morsel in jar.values():
        assert morsel["secure"]
        assert (morsel["path"], morsel["samesite"], morsel["domain"]) == ("/", "Lax", "")
    assert jar[COOKIE]["httponly"]
    assert not jar[PROOF_COOKIE]["httponly"]
    assert jar[PROOF_COOKIE].value == answer.json()["csrf_token"]


async def test_without_asking_for_cookies_there_are_none(client: httpx2.AsyncClient) -> None:
    """Programs get their tokens as before."""
    answer = await client.post("/door", json={"password": "sesame"})
    assert answer.json()["access_token"] == "access.1"
    assert "set-cookie" not in answer.headers


async def test_a_page_reads_by_cookie_alone(client: httpx2.AsyncClient) -> None:
    """Reading changes nothing, so it needs no proof."""
    cookie, _ = await signed_in(client)
    assert (await client.get("/look", headers=cookie)).status_code == 200


async def test_a_page_changes_something_with_a_proof(client: httpx2.AsyncClient) -> None:
    """Both: the browser says that the page is ours, and the page shows the token."""
    cookie, proof = await signed_in(client)
    answer = await client.post("/paint", headers={**cookie, **OWN_PAGE, "x-csrf-token": proof})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        CROSS_SITE, {"origin": "null"}, {}, OWN_PAGE, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"},
        {"origin": f"{PUBLIC_URL}.evil.test"}, {"origin": "http://house.test"},
        {**OWN_PAGE, "x-csrf-token": ""}, {**OWN_PAGE, "x-csrf-token": "0" * 64},
    ],
    ids=str,
)  # fmt: skip
async def test_a_page_of_somebody_else_changes_nothing(
    house: House, client: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    """A forged request is refused before anybody looks at the token (CSRF)."""
    cookie, _ = await signed_in(client)
    answer = await client.post("/paint", headers={**cookie, **headers})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_refused")
    assert house.door.shown == []


@pytest.mark.parametrize("headers", [CROSS_SITE, {"origin": "null"}, {}], ids=str)
async def test_the_right_proof_from_a_wrong_page_is_not_enough(
    client: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    """Should the token ever leak."""
    cookie, proof = await signed_in(client)
    answer = await client.post("/paint", headers={**cookie, **headers, "x-csrf-token": proof})
    assert answer.status_code == 403


async def test_the_proof_of_another_sign_in_is_none(client: httpx2.AsyncClient) -> None:
    """An attacker has one of their own, and could plant it."""
    _, attackers = await signed_in(client)
    cookie, _ = await signed_in(client)
    planted = {"cookie": f"{cookie['cookie'].split(';')[0]}; {PROOF_COOKIE}={attackers}", "x-csrf-token": attackers}
    assert (await client.post("/paint", headers={**planted, **OWN_PAGE})).status_code == 403


async def test_a_cookie_that_somebody_planted_is_replaced(house: House, client: httpx2.AsyncClient) -> None:
    """Signing in never goes on with what was there before (session fixation)."""
    planted, _ = await signed_in(client)
    answer = await client.post("/door", json={"password": "sesame"}, headers={**COOKIE_MODE, **planted})
    fresh = set_by(answer)[COOKIE].value
    assert fresh not in planted["cookie"]
    assert fresh == "access.2|refresh.2"
    assert answer.json()["csrf_token"] not in planted["cookie"]


@pytest.mark.parametrize(
    "cookie",
    [
        f"{COOKIE}=access.1|refresh.1; {COOKIE}=bearer|x", f"{COOKIE}=bearer", f"{COOKIE}=", f"{COOKIE}=|",
        f"{COOKIE}=bearer|x y", f"{COOKIE}=bearer|{'x' * 3_000}", f'{COOKIE}="bearer|x"',
    ],
)  # fmt: skip
async def test_a_cookie_that_is_not_as_we_write_it_is_nobody(client: httpx2.AsyncClient, cookie: str) -> None:
    """Two of one name, halves, and strange characters."""
    assert (await client.get("/look", headers={"cookie": cookie})).status_code == 401


@pytest.mark.parametrize("name", ["colonnade", "__Secure-colonnade", "x__Host-colonnade", "__Host-colonnade-csrf"])
async def test_a_cookie_of_another_name_is_none(client: httpx2.AsyncClient, name: str) -> None:
    """Only the prefix makes a browser promise where it comes from."""
    assert (await client.get("/look", headers={"cookie": f"{name}=bearer|x"})).status_code == 401


async def test_a_token_in_the_header_needs_no_proof_and_wins(house: House, client: httpx2.AsyncClient) -> None:
    """No browser sends it by itself."""
    cookie, _ = await signed_in(client)
    answer = await client.post("/paint", headers={**cookie, **CROSS_SITE, "authorization": "Bearer bearer"})
    assert answer.status_code == 200
    assert house.door.shown == ["bearer"]


async def test_a_page_stays_signed_in(client: httpx2.AsyncClient) -> None:
    """The refresh token comes from the cookie, and the next one goes there; it needs a proof as well."""
    cookie, proof = await signed_in(client)
    assert (await client.post("/door/stay", headers={**cookie, **CROSS_SITE})).status_code == 403
    assert (await client.post("/door/stay", headers={**cookie, **OWN_PAGE})).status_code == 403
    answer = await client.post("/door/stay", headers={**cookie, **OWN_PAGE, "x-csrf-token": proof})
    assert answer.status_code == 200
    assert answer.json().keys() == {"expires_in", "csrf_token"}
    assert set_by(answer)[COOKIE].value == "access.2|refresh.2"
    assert answer.json()["csrf_token"] != proof


async def test_a_program_stays_signed_in_as_before(client: httpx2.AsyncClient) -> None:
    """With the token in the body, and no cookie anywhere."""
    await client.post("/door", json={"password": "sesame"})
    answer = await client.post("/door/stay", json={"refresh_token": "refresh.1"})
    assert answer.json()["access_token"] == "access.2"
    assert "set-cookie" not in answer.headers


async def test_signing_out_makes_the_browser_forget(client: httpx2.AsyncClient) -> None:
    """Both cookies."""
    cookie, proof = await signed_in(client)
    answer = await client.post("/door/out", headers={**cookie, **OWN_PAGE, "x-csrf-token": proof})
    assert answer.status_code == 204
    assert {(name, morsel["max-age"]) for name, morsel in set_by(answer).items()} == {
        (COOKIE, "0"), (PROOF_COOKIE, "0"),
    }  # fmt: skip


async def test_nobody_signs_a_browser_in_from_another_site(house: House, client: httpx2.AsyncClient) -> None:
    """A victim would work in the attacker's account (login CSRF)."""
    answer = await client.post(
        "/door", json={"password": "sesame"}, headers={"colonnade-session": "cookie", **CROSS_SITE}
    )
    assert answer.status_code == 403
    assert house.door.given == 0


async def test_a_listed_site_may_do_what_our_pages_may() -> None:
    """It is what the list is for."""
    house = await built(HttpSettings(cors_origins=frozenset({"https://app.house.test"})))
    page = {"origin": "https://app.house.test", "sec-fetch-site": "same-site"}
    async with house.visited() as client:
        cookie, proof = await signed_in(client, **page)
        assert (await client.post("/paint", headers={**cookie, **page, "x-csrf-token": proof})).status_code == 200


@pytest.mark.parametrize("token", ["a\r\nset-cookie: x=1", "a;b", "a|b", "", "é"])
def test_a_token_cannot_break_out_of_its_cookie(token: str) -> None:
    """Nothing that ends a value, or a line, gets in."""
    from colonnade.api.http import CookieSessions

    cookies = CookieSessions(b"k" * 32, public_url=PUBLIC_URL, keep_seconds=60)
    with pytest.raises(ValueError, match="characters that no token has"):
        cookies.cookies_for("good", token)
