"""A command with a key is done once, however often it comes."""

import asyncio
from pathlib import Path

from colonnade.application.identity.ports import PasswordHasher

from .house import PASSWORD, House, open_house, problem, settings_for


async def test_a_repetition_gets_the_first_answer(each_house: House) -> None:
    """Body, status, entity tag and place are the same, and nothing was done again."""
    ada = await each_house.person()
    project = await each_house.project(ada, await each_house.workspace(ada))
    answers = [
        await ada.send("POST", f"{project}/tasks", {"title": "Ship it"}, idempotency_key="k-1") for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["etag"] for answer in answers} == {'"1"'}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert [event.event.event_type for event in await each_house.events()].count("tasks.task_created") == 1


async def test_another_body_under_a_key_is_refused(each_house: House) -> None:
    """So is another operation; the key is said to be used."""
    ada = await each_house.person()
    workspace = await each_house.workspace(ada)
    project = await each_house.project(ada, workspace)
    await ada.post(f"{project}/tasks", {"title": "Ship it"}, idempotency_key="k-1")
    for path, body in (
        (f"{project}/tasks", {"title": "Sink it"}),
        (f"{workspace}/projects", {"key": "OPS", "name": "O"}),
    ):
        refusal = problem(await ada.send("POST", path, body, idempotency_key="k-1"), 422)
        assert refusal["code"] == "idempotency.mismatch"


async def test_keys_of_different_people_have_nothing_to_do_with_each_other(house: House) -> None:
    """Nobody gets an answer that was meant for somebody else."""
    ada, ben = await house.person(), await house.person()
    first = await ada.post("/workspaces", {"name": "One", "slug": "one"}, idempotency_key="k")
    second = await ben.post("/workspaces", {"name": "Two", "slug": "two"}, idempotency_key="k")
    assert first["id"] != second["id"]


async def test_what_was_refused_may_be_tried_again(house: House) -> None:
    """A key remembers what was done, not what was not."""
    ada = await house.person()
    workspace = await house.workspace(ada)
    project = await house.project(ada, workspace)
    await ada.post(f"{project}/archive")
    problem(await ada.send("POST", f"{project}/tasks", {"title": "Ship it"}, idempotency_key="k"), 409)
    await ada.post(f"{project}/restore")
    assert (await ada.post(f"{project}/tasks", {"title": "Ship it"}, idempotency_key="k"))["key"] == "WEB-1"


async def test_a_repetition_while_the_first_still_runs_is_told_to_wait(sqlite_url: str, tmp_path: Path) -> None:
    """It is a conflict that says when to come back; afterwards it gets the answer."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    class SlowHasher:
        """Hashes when the test says so, once there is an account."""

        async def hash(self, password: str) -> str:
            """Wait, then answer."""
            if password != PASSWORD:
                begun.set()
                async with asyncio.timeout(20):
                    await go_on.wait()
            return "hash"

        async def verify(self, password: str, password_hash: str | None) -> bool:
            """Believe everybody."""
            return True

        def is_outdated(self, password_hash: str) -> bool:
            """Keep every hash."""
            return False

    async with open_house(settings_for(tmp_path, sqlite_url), {PasswordHasher: SlowHasher()}) as house:
        ada = await house.person()
        body = {"current": PASSWORD, "new": "orchid-lantern-velocity"}
        first = asyncio.create_task(ada.send("POST", "/identity/password", body, idempotency_key="k"))
        async with asyncio.timeout(20):
            await begun.wait()
        second = await ada.send("POST", "/identity/password", body, idempotency_key="k")
        assert problem(second, 409)["code"] == "idempotency.in_progress"
        assert second.headers["retry-after"]
        other = await ada.send(
            "POST", "/identity/password", {**body, "new": "another-" + body["new"]}, idempotency_key="k"
        )
        problem(other, 422)
        go_on.set()
        answer = await first
        third = await ada.send("POST", "/identity/password", body, idempotency_key="k")
        assert (third.status_code, third.text) == (answer.status_code, answer.text) == (204, "")
        changed = [event for event in await house.events() if event.event.event_type == "identity.password_changed"]
        assert len(changed) == 1


async def test_twenty_at_once_are_one(each_house: House) -> None:
    """One does the work; the others get its answer or are told to wait."""
    ada = await each_house.person()
    project = await each_house.project(ada, await each_house.workspace(ada))
    answers = await asyncio.gather(
        *(ada.send("POST", f"{project}/tasks", {"title": "Ship it"}, idempotency_key="k") for _ in range(20))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.text for answer in answers if answer.status_code == 201}) == 1
    assert [event.event.event_type for event in await each_house.events()].count("tasks.task_created") == 1


async def test_an_answer_with_a_secret_is_kept_sealed(house: House, sqlite_url: str) -> None:
    """Whoever reads the database file learns no token."""
    ada = await house.person()
    body = {"name": "Nightly report", "permissions": ["task.read"]}
    tokens = [(await ada.post("/identity/tokens", body, idempotency_key="k"))["token"] for _ in range(2)]
    assert tokens[0] == tokens[1]
    secret = tokens[0].encode()
    folder = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///")).parent
    name = Path(sqlite_url).name
    assert all(secret not in file.read_bytes() for file in folder.glob(f"{name}*"))


async def test_the_answer_of_a_sign_in_is_kept_nowhere(house: House) -> None:
    """A key makes no difference: every sign-in is a session of its own."""
    ada = await house.person()
    body = {"email": ada.email, "password": PASSWORD}
    first, second = [await ada.post("/identity/sessions", body, idempotency_key="k") for _ in range(2)]
    assert first["refresh_token"].split(".")[0] != second["refresh_token"].split(".")[0]
