"""Tokens that were planted, stolen or shown twice: at most one holder goes on, never in another's name."""

import asyncio
from typing import Any

import httpx2

from colonnade.api.contract.sessions import COOKIE, MODE_HEADER, PROOF_COOKIE, PROOF_HEADER

from ..house import PASSWORD, House, Person, good, problem
from .people import enrolled

REFRESH = "/identity/sessions/refresh"
FIREFOX, CURL = "Mozilla/5.0 (X11; Linux) Firefox/140.0", "curl/8.9"


def cookies_of(answer: httpx2.Response) -> dict[str, str]:
    """Return the cookies that an answer sets."""
    pairs = (line.split(";", 1)[0].partition("=") for line in answer.headers.get_list("set-cookie"))
    return {name: value for name, _, value in pairs}


async def by_cookie(house: House, person: Person, **headers: str) -> httpx2.Response:
    """Sign in as a browser does."""
    body = {"email": person.email, "password": PASSWORD}
    shown = {MODE_HEADER: "cookie", "origin": house.settings.public_url, **headers}
    return await house.http.post("/api/v1/identity/sessions", json=body, headers=shown)


async def test_a_token_from_before_the_sign_in_never_becomes_the_victims(house: House) -> None:
    """Session fixation: the attacker's tokens, shown by the victim while signing in, stay the attacker's."""
    mallory, ada = await enrolled(house, "Mallory"), await enrolled(house)
    body = {"email": ada.email, "password": PASSWORD}
    planted = dict(mallory.tokens)
    signed_in = good(
        await house.http.post(
            "/api/v1/identity/sessions", json=body, headers={"authorization": f"Bearer {planted['access_token']}"}
        )
    )
    assert signed_in["access_token"] != planted["access_token"]
    assert signed_in["refresh_token"].split(".")[0] != planted["refresh_token"].split(".")[0]
    assert (await mallory.get("/identity/me"))["id"] == mallory.id
    mallory.tokens = good(await mallory.send("POST", REFRESH, {"refresh_token": planted["refresh_token"]}))
    assert (await mallory.get("/identity/me"))["id"] == mallory.id


async def test_a_planted_cookie_is_worth_nothing_after_the_sign_in(house: House) -> None:
    """The victim gets a cookie and a proof of their own; the planted ones are good for neither."""
    mallory, ada = await enrolled(house, "Mallory"), await enrolled(house)
    planted = cookies_of(await by_cookie(house, mallory))
    line = "; ".join(f"{name}={value}" for name, value in planted.items())
    mine = cookies_of(await by_cookie(house, ada, cookie=line))
    assert set(mine) == {COOKIE, PROOF_COOKIE}
    assert not {*mine.values()} & {*planted.values()}
    origin = house.settings.public_url
    for proof, status in ((planted[PROOF_COOKIE], 403), (mine[PROOF_COOKIE], 200)):
        headers = {"cookie": f"{COOKIE}={mine[COOKIE]}", PROOF_HEADER: proof, "origin": origin}
        answer = await house.http.patch("/api/v1/identity/me", json={"name": "Countess"}, headers=headers)
        assert answer.status_code == status, answer.text
    me = await house.http.get("/api/v1/identity/me", headers={"cookie": f"{COOKIE}={planted[COOKIE]}"})
    assert me.json()["id"] == mallory.id


async def test_two_cookies_of_one_name_are_none(house: House) -> None:
    """Whoever can plant one beside the victim's signs nobody in."""
    mallory, ada = await enrolled(house, "Mallory"), await enrolled(house)
    planted, mine = cookies_of(await by_cookie(house, mallory)), cookies_of(await by_cookie(house, ada))
    for pair in ((planted, mine), (mine, planted)):
        line = "; ".join(f"{COOKIE}={cookies[COOKIE]}" for cookies in pair)
        problem(await house.http.get("/api/v1/identity/me", headers={"cookie": line}), 401)


async def test_a_page_of_somebody_else_does_nothing_with_the_cookie(house: House) -> None:
    """CSRF: every method that changes something wants the page's proof and origin."""
    ada = await enrolled(house)
    mine = cookies_of(await by_cookie(house, ada))
    cookie = {"cookie": f"{COOKIE}={mine[COOKIE]}; {PROOF_COOKIE}={mine[PROOF_COOKIE]}"}
    good_proof, own = {PROOF_HEADER: mine[PROOF_COOKIE]}, {"origin": house.settings.public_url}
    foreign: list[dict[str, str]] = [{}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
    before = len(await house.events())
    for method, path in (("PATCH", "/identity/me"), ("POST", "/workspaces"), ("POST", "/identity/sessions/end-all")):
        for headers in (*({**where, **good_proof} for where in foreign), own, {**own, PROOF_HEADER: "0" * 64}):
            answer = await house.http.request(method, f"/api/v1{path}", json={"name": "x"}, headers=cookie | headers)
            assert problem(answer, 403)["code"] == "cross_site_refused", (method, headers)
    assert len(await house.events()) == before


async def refreshed_by_two(house: House, ada: Person, agents: tuple[str, str]) -> list[httpx2.Response]:
    """Show one refresh token twice at once."""
    body = {"refresh_token": ada.tokens["refresh_token"]}
    anybody = house.stranger()
    return await asyncio.gather(*(anybody.send("POST", REFRESH, body, user_agent=agent) for agent in agents))


async def test_two_thieves_at_once_never_have_two_families(each_house: House) -> None:
    """From one device or from two: of all tokens that were handed out, at most one can be exchanged."""
    for agents in ((FIREFOX, FIREFOX), (FIREFOX, CURL)):
        for _ in range(4):
            ada = await enrolled(each_house)
            ada.tokens = good(await ada.send("POST", "/identity/sessions", _credentials(ada), user_agent=FIREFOX))
            answers = await refreshed_by_two(each_house, ada, agents)
            assert {answer.status_code for answer in answers} <= {200, 401, 409}
            handed_out: list[dict[str, Any]] = [answer.json() for answer in answers if answer.is_success]
            assert handed_out
            live = 0
            for tokens in handed_out:
                body = {"refresh_token": tokens["refresh_token"]}
                live += (await each_house.stranger().send("POST", REFRESH, body, user_agent=CURL)).is_success
            assert live <= 1


async def test_a_stolen_token_ends_the_session_of_both(each_house: House) -> None:
    """A second use from another device signs everybody out, and the log says so."""
    ada = await enrolled(each_house)
    ada.tokens = good(await ada.send("POST", "/identity/sessions", _credentials(ada), user_agent=FIREFOX))
    answers = await refreshed_by_two(each_house, ada, (FIREFOX, CURL))
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    kept = next(answer.json() for answer in answers if answer.is_success)
    for tokens in (ada.tokens, kept):
        ada.tokens = tokens
        problem(await ada.send("GET", "/identity/me"), 401)
        problem(await ada.send("POST", REFRESH, {"refresh_token": tokens["refresh_token"]}), 401)
    assert "identity.refresh_token_reused" in {event.event.event_type for event in await each_house.events()}


async def test_a_sign_out_holds_at_the_next_request(each_house: House) -> None:
    """Here, of another device, and everywhere, although the token was remembered."""
    ada = await enrolled(each_house)
    phone, laptop = Person(ada.http, ada.email, ada.id), Person(ada.http, ada.email, ada.id)
    for device in (phone, laptop):
        device.tokens = await ada.sign_in()
        await device.get("/identity/me")
    assert (await phone.send("POST", "/identity/sessions/end")).is_success
    problem(await phone.send("GET", "/identity/me"), 401)
    mine = (await laptop.get("/identity/sessions"))["items"]
    here = next(session["id"] for session in mine if session["here"])
    assert (await ada.send("DELETE", f"/identity/sessions/{here}")).is_success
    problem(await laptop.send("GET", "/identity/me"), 401)
    assert (await ada.send("POST", "/identity/sessions/end-all")).is_success
    problem(await ada.send("GET", "/identity/me"), 401)


def _credentials(person: Person) -> dict[str, str]:
    return {"email": person.email, "password": PASSWORD}
