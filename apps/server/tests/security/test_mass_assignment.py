"""A message takes its own fields and no others: what a handler decides cannot be sent along."""

from collections.abc import AsyncIterator

import pytest

from colonnade.api.contract import Binding, Row
from colonnade.testing.databases import SqliteTemplate

from ..house import House, Person, open_house, problem
from ..requests import ROWS, body_of, name_of, path_of
from .people import enrolled, open_settings, operator

WANTED = {
    "is_operator": True,
    "user_id": "01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89",
    "caller": {"user_id": "01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89"},
    "role": "owner",
    "own_role": "boss",
    "version": 99,
    "expected_version": 1,
    "created_by": "01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89",
    "email_confirmed_at": "2020-01-01T00:00:00Z",
    "workspace_id": "01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89",
    "digest": "0" * 64,
    "password_hash": "x",
    "__class__": "x",
}
"""What an attacker would like to set."""


@pytest.fixture(scope="module")
async def open_to_all(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[House, Person, Person, str]]:
    """One server for all rows, as every request is refused before it does anything."""
    folder = tmp_path_factory.mktemp("fields")
    async with sqlite_template.copy() as url, open_house(open_settings(folder, url)) as house:
        owner = await enrolled(house)
        yield house, owner, await operator(house), await house.workspace(owner)


@pytest.mark.parametrize("row", ROWS, ids=name_of)
async def test_no_message_takes_a_field_that_is_not_its_own(
    open_to_all: tuple[House, Person, Person, str], row: Row
) -> None:
    """In the body or in the query; and what belongs into the path or a header is not taken from elsewhere."""
    house, owner, grace, workspace = open_to_all
    binding = Binding.of(row)
    path = path_of(row, workspace_id=workspace.rsplit("/", 1)[1], name="absent", user_code="BCDF-GHJK")
    person = grace if "operations" in row.path or "operators" in row.path else owner
    before = len(await house.events())
    for name, value in WANTED.items():
        if name in {*binding.body, *binding.query}:
            continue
        if row.method in {"GET", "DELETE"}:
            answer = await person.send(row.method, f"{path}?{name}=1")
        else:
            answer = await person.send(row.method, path, {**(body_of(row) or {}), name: value})
        assert answer.status_code in {400, 422}, f"{name}: {answer.status_code} {answer.text}"
        refusal = problem(answer, answer.status_code)
        assert any(fault["field"] == name for fault in refusal["errors"]), refusal
    assert len(await house.events()) == before


async def test_a_field_that_comes_twice_is_one_or_refused(house: House) -> None:
    """JSON with the same name twice, and a query likewise, cannot smuggle a value past a check of the first."""
    owner = await enrolled(house)
    path = await house.workspace(owner)
    headers = {"authorization": f"Bearer {owner.tokens['access_token']}", "content-type": "application/json"}
    twice = '{"email": "nobody@example.com", "role": "guest", "role": "owner"}'
    answer = await house.http.post(f"/api/v1{path}/members", content=twice, headers=headers)
    assert answer.status_code in {400, 404, 422}
    problem(await owner.send("GET", f"{path}/tasks?limit=1&limit=200"), 400)
