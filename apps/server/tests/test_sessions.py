"""Sign in, stay signed in, and be out at once when signed out."""

import asyncio
from datetime import timedelta
from pathlib import Path

from colonnade.core import Clock, SystemClock
from colonnade.testing import FrozenClock

from .house import PASSWORD, House, Person, good, open_house, problem, settings_for


async def refresh(person: Person, token: str) -> dict[str, object]:
    """Exchange a refresh token."""
    return good(await person.send("POST", "/identity/sessions/refresh", {"refresh_token": token}))


async def test_two_sign_ins_at_once_are_two_sessions(each_house: House) -> None:
    """Ending one leaves the other."""
    ada = await each_house.person()
    one, two = await asyncio.gather(ada.sign_in(), ada.sign_in())
    assert one["refresh_token"] != two["refresh_token"]
    ada.tokens = one
    assert (await ada.send("POST", "/identity/sessions/end")).status_code == 204
    problem(await ada.send("GET", "/identity/me"), 401)
    ada.tokens = two
    assert (await ada.get("/identity/me"))["id"] == ada.id


async def test_a_token_answer_is_that_of_oauth(house: House) -> None:
    """RFC 6749, section 5.1; nobody keeps a copy of it."""
    ada = await house.person()
    answer = await ada.send("POST", "/identity/sessions", {"email": ada.email, "password": PASSWORD})
    tokens = good(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert tokens.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)


async def test_a_wrong_password_and_an_unknown_address_look_the_same(house: House) -> None:
    """Nobody learns which addresses have an account."""
    ada = await house.person()
    answers = [
        await ada.send("POST", "/identity/sessions", {"email": email, "password": "wrong password"})
        for email in (ada.email, "nobody@example.com")
    ]
    first, second = ({**problem(answer, 401), "instance": ""} for answer in answers)
    assert first == second


async def test_an_address_has_one_account(each_house: House) -> None:
    """Letter case does not make another one, and neither does being quick."""
    ada = await each_house.person()
    body = {"email": ada.email.upper(), "name": "Another Ada", "password": PASSWORD}
    answers = await asyncio.gather(*(ada.send("POST", "/identity/users", body) for _ in range(3)))
    for answer in answers:
        assert problem(answer, 409)["field"] == "email"


async def test_a_password_comes_back_in_no_answer(house: House) -> None:
    """Not even if it is refused."""
    for body in ({"password": "short"}, {"password": PASSWORD, "email": "x"}, {"password": [PASSWORD]}):
        answer = await house.stranger().send("POST", "/identity/users", {"email": "a@example.com", "name": "A", **body})
        problem(answer, 422)
        assert "short" not in answer.text.replace("too_short", "")
        assert PASSWORD not in answer.text


async def test_a_refresh_token_is_good_once(each_house: House) -> None:
    """A second use ends the family: every token of the session is refused at once, though it was good a moment ago."""
    ada = await each_house.person()
    first = ada.tokens
    second = await refresh(ada, first["refresh_token"])
    ada.tokens = second
    assert (await ada.get("/identity/me"))["id"] == ada.id

    elsewhere = {"user_agent": "curl/8.9"}
    body = {"refresh_token": first["refresh_token"]}
    reused = await ada.send("POST", "/identity/sessions/refresh", body, **elsewhere)
    assert problem(reused, 401)["code"] == "identity.refresh_refused"
    for tokens in (first, second):
        ada.tokens = tokens
        assert problem(await ada.send("GET", "/identity/me"), 401)["code"] == "token_refused"
    newest = await ada.send("POST", "/identity/sessions/refresh", {"refresh_token": second["refresh_token"]})
    problem(newest, 401)
    kinds = [event.event.event_type for event in await each_house.events()]
    assert kinds[-2:] == ["identity.refresh_token_reused", "identity.session_ended"]


async def test_an_answer_that_was_lost_is_forgiven_once_and_for_a_moment(sqlite_url: str, tmp_path: Path) -> None:
    """The former token comes again from the same device, and then it is a reuse; so it is when it comes too late."""
    clock = FrozenClock(SystemClock().now())
    async with open_house(settings_for(tmp_path, sqlite_url), {Clock: clock}) as house:
        for seconds, status in ((29, 200), (31, 401)):
            ada = await house.person()
            lost = {"refresh_token": ada.tokens["refresh_token"]}
            ada.tokens = await refresh(ada, lost["refresh_token"])
            clock.advance(seconds=seconds)
            again = await ada.send("POST", "/identity/sessions/refresh", lost)
            assert again.status_code == status
            ada.tokens = again.json() if again.is_success else ada.tokens
            assert (await ada.send("GET", "/identity/me")).status_code == status
            problem(await ada.send("POST", "/identity/sessions/refresh", lost), 401)
            problem(await ada.send("GET", "/identity/me"), 401)


async def test_refreshes_at_once_end_the_session(each_house: House) -> None:
    """One goes through, a second may be the repetition of a lost answer; with the third, whoever stole it is out."""
    ada = await each_house.person()
    body = {"refresh_token": ada.tokens["refresh_token"]}
    answers = await asyncio.gather(*(ada.send("POST", "/identity/sessions/refresh", body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 401, 401, 401]
    for answer in answers:
        if answer.is_success:
            ada.tokens = answer.json()
            problem(await ada.send("GET", "/identity/me"), 401)


async def test_a_key_repeats_no_refresh(house: House) -> None:
    """Its answer is kept nowhere: under a key, too, every answer has a token of its own."""
    ada = await house.person()
    body = {"refresh_token": ada.tokens["refresh_token"]}
    first, second = [
        good(await ada.send("POST", "/identity/sessions/refresh", body, idempotency_key="refresh-1")) for _ in range(2)
    ]
    assert first["refresh_token"] != second["refresh_token"]
    ada.tokens = second
    assert (await ada.get("/identity/me"))["id"] == ada.id


async def test_sign_out_takes_effect_at_the_next_request(house: House) -> None:
    """Though the token was remembered a moment before."""
    ada = await house.person()
    for _ in range(3):
        await ada.get("/identity/me")
    assert (await ada.send("POST", "/identity/sessions/end")).status_code == 204
    assert problem(await ada.send("GET", "/identity/me"), 401)["code"] == "token_refused"


async def test_requests_under_way_while_signing_out_do_not_bring_the_session_back(house: House) -> None:
    """A check that began before the end and came to its end after it is not remembered."""
    ada = await house.person()
    for _ in range(20):
        ada.tokens = await ada.sign_in()
        reads = [ada.send("GET", "/identity/me") for _ in range(4)]
        await asyncio.gather(*reads[:2], ada.send("POST", "/identity/sessions/end"), *reads[2:])
        problem(await ada.send("GET", "/identity/me"), 401)


async def test_a_changed_role_takes_effect_at_the_next_request(house: House) -> None:
    """Down and up again, and out."""
    ada, ben = await house.person(), await house.person()
    workspace = await house.workspace(ada, member=ben)
    project = await house.project(ada, workspace)
    task = {"title": "Ship it"}
    await ben.post(f"{project}/tasks", task)
    await ada.patch(f"{workspace}/members/{ben.id}", {"role": "guest"})
    problem(await ben.send("POST", f"{project}/tasks", task), 403)
    await ada.patch(f"{workspace}/members/{ben.id}", {"role": "member"})
    await ben.post(f"{project}/tasks", task)
    assert (await ada.send("DELETE", f"{workspace}/members/{ben.id}")).status_code == 204
    problem(await ben.send("GET", f"{workspace}/tasks"), 404)


async def test_tokens_and_sessions_expire_by_the_clock(sqlite_url: str, tmp_path: Path) -> None:
    """An access token after minutes, though it was remembered; a session when it was not used for its time."""
    clock = FrozenClock(SystemClock().now())
    async with open_house(settings_for(tmp_path, sqlite_url), {Clock: clock}) as house:
        ada = await house.person()
        await ada.get("/identity/me")
        clock.advance(seconds=606)
        assert problem(await ada.send("GET", "/identity/me"), 401)["detail"].endswith("refresh it")
        ada.tokens = await refresh(ada, ada.tokens["refresh_token"])
        await ada.get("/identity/me")
        clock.move_to(clock.now() + timedelta(seconds=2_592_001))
        expired = await ada.send("POST", "/identity/sessions/refresh", {"refresh_token": ada.tokens["refresh_token"]})
        assert problem(expired, 401)["code"] == "identity.refresh_refused"


async def test_a_restart_signs_nobody_out(sqlite_url: str, tmp_path: Path) -> None:
    """The signing key and the secret were kept."""
    settings = settings_for(tmp_path, sqlite_url)
    async with open_house(settings) as house:
        ada = await house.person()
        workspace = await house.workspace(ada)
        project = await house.project(ada, workspace)
        for _ in range(2):
            await ada.post(f"{project}/tasks", {"title": "Ship it"})
        cursor = (await ada.get(f"{workspace}/tasks?limit=1"))["next"]
    async with open_house(settings) as house:
        ada.http = house.http
        assert len((await ada.get(f"{workspace}/tasks?limit=1&cursor={cursor}"))["items"]) == 1
