"""Two servers on one PostgreSQL: what one changes, the other knows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from colonnade.testing.databases import PostgresTemplate

from .house import House, good, open_house, problem, settings_for
from .waiting import eventually

pytestmark = pytest.mark.integration


@pytest.fixture
async def houses(postgres_template: PostgresTemplate, tmp_path: Path) -> AsyncIterator[tuple[House, House]]:
    """Two servers with one database, one key and one secret."""
    async with postgres_template.copy() as url:
        settings = settings_for(tmp_path, url)
        async with open_house(settings) as one, open_house(settings) as two:
            yield one, two


async def test_a_sign_out_is_heard_by_the_other_server(houses: tuple[House, House]) -> None:
    """Though it had remembered the token."""
    one, two = houses
    ada = await one.person()
    elsewhere = two.at(ada)
    await elsewhere.get("/identity/me")
    await ada.send("POST", "/identity/sessions/end")

    async def out() -> bool:
        return (await elsewhere.send("GET", "/identity/me")).status_code == 401

    await eventually(out, "the other server refuses the token")


async def test_a_changed_role_is_heard_by_the_other_server(houses: tuple[House, House]) -> None:
    """Though it had remembered the role."""
    one, two = houses
    ada, ben = await one.person(), await one.person()
    workspace = await one.workspace(ada, member=ben)
    project = await one.project(ada, workspace)
    elsewhere = two.at(ben)
    await elsewhere.post(f"{project}/tasks", {"title": "Ship it"})
    await ada.patch(f"{workspace}/members/{ben.id}", {"role": "guest"})

    async def lowered() -> bool:
        return (await elsewhere.send("POST", f"{project}/tasks", {"title": "Ship it"})).status_code == 403

    await eventually(lowered, "the other server refuses what a guest may not")
    await ada.send("DELETE", f"{workspace}/members/{ben.id}")

    async def gone() -> bool:
        return (await elsewhere.send("GET", f"{workspace}/tasks")).status_code == 404

    await eventually(gone, "the workspace is not there for the other server either")


async def test_a_reused_refresh_token_ends_the_session_everywhere(houses: tuple[House, House]) -> None:
    """The thief's access token included, whichever server it is shown to."""
    one, two = houses
    ada = await one.person()
    old = ada.tokens["refresh_token"]
    ada.tokens = good(await ada.send("POST", "/identity/sessions/refresh", {"refresh_token": old}))
    elsewhere = two.at(ada)
    await elsewhere.get("/identity/me")
    thief = {"user_agent": "curl/8.9"}
    problem(await ada.send("POST", "/identity/sessions/refresh", {"refresh_token": old}, **thief), 401)

    async def out() -> bool:
        return (await elsewhere.send("GET", "/identity/me")).status_code == 401

    await eventually(out, "the other server refuses the token")


async def test_numbers_have_no_gaps_over_both(houses: tuple[House, House]) -> None:
    """Each takes half of the tasks."""
    one, two = houses
    ada = await one.person()
    project = await one.project(ada, await one.workspace(ada))
    both = (ada, two.at(ada))
    made = await asyncio.gather(*(both[n % 2].post(f"{project}/tasks", {"title": f"Task {n}"}) for n in range(30)))
    assert sorted(task["number"] for task in made) == list(range(1, 31))


async def test_a_repetition_at_the_other_server_gets_the_first_answer(houses: tuple[House, House]) -> None:
    """A load balancer may send it anywhere."""
    one, two = houses
    ada = await one.person()
    first = await ada.post("/workspaces", {"name": "One"}, idempotency_key="k")
    assert await two.at(ada).post("/workspaces", {"name": "One"}, idempotency_key="k") == first


async def test_a_cursor_is_good_at_the_other_server(houses: tuple[House, House]) -> None:
    """They share the secret."""
    one, two = houses
    ada = await one.person()
    workspace = await one.workspace(ada)
    project = await one.project(ada, workspace)
    for _ in range(2):
        await ada.post(f"{project}/tasks", {"title": "Ship it"})
    cursor = (await ada.get(f"{workspace}/tasks?limit=1"))["next"]
    assert len((await two.at(ada).get(f"{workspace}/tasks?limit=1&cursor={cursor}"))["items"]) == 1
