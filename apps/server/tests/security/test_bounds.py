"""Work that a sender can make is bounded: bombs, depths, long texts and nasty patterns cost little."""

import gzip
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from colonnade.application.filtering import Terms
from colonnade.application.tasks.filters import TASK_FILTERS
from colonnade.core import ColonnadeError, Email, Invalid, Slug, SystemClock, UserId, new_id

from ..house import House, Person, problem
from .people import enrolled

MUCH_SECONDS = 0.5
"""What nothing here may take of the processor: what is linear takes milliseconds, what is not takes minutes."""


@pytest.fixture
async def ada(house: House) -> Person:
    """Somebody who may send bodies."""
    return await enrolled(house)


async def sent(house: House, person: Person, content: object, **headers: str) -> object:
    """Send a body as it is."""
    given = {"authorization": f"Bearer {person.tokens['access_token']}", "content-type": "application/json"}
    return await house.http.post(
        "/api/v1/workspaces",
        content=content,  # type: ignore[arg-type]  # bytes or an iterator of them
        headers=given | {name.replace("_", "-"): value for name, value in headers.items()},
    )


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP", "identity, gzip"])
async def test_a_decompression_bomb_is_not_unpacked(house: House, ada: Person, coding: str) -> None:
    """A megabyte of zeros in a kilobyte, packed twice: nothing is unpacked at all."""
    bomb = gzip.compress(gzip.compress(b"0" * 10_000_000)) if "gzip" in coding.lower() else zlib.compress(b"0" * 10_000)
    began = time.process_time()
    problem(await sent(house, ada, bomb, content_encoding=coding), 415)  # type: ignore[arg-type]
    assert time.process_time() - began < MUCH_SECONDS


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
async def test_json_that_is_nested_without_end_is_refused(house: House, ada: Person, opening: str) -> None:
    """Where a recursive reader would run out of stack."""
    for depth in (201, 20_000):
        body = b'{"name":' + (opening * depth).encode()
        began = time.process_time()
        refusal = problem(await sent(house, ada, body[:900_000]), 400)  # type: ignore[arg-type]
        assert refusal["code"] == "malformed_body"
        assert time.process_time() - began < MUCH_SECONDS


async def test_a_number_without_end_is_refused(house: House, ada: Person) -> None:
    """Where reading takes the square of its length."""
    for number in ("9" * 400_000, "1e" + "9" * 400_000, "NaN", "Infinity", "-" + "9" * 5_000):
        began = time.process_time()
        answer = await sent(house, ada, f'{{"name": {number}}}'.encode())
        assert answer.status_code in {400, 422}  # type: ignore[attr-defined]
        assert time.process_time() - began < MUCH_SECONDS


async def test_a_body_without_a_length_is_cut_off(house: House, ada: Person) -> None:
    """It says nothing of its size, so it is counted while it comes."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(house.settings.http.body_limit_bytes // 65_536 + 2):
            yield b" " * 65_536

    problem(await sent(house, ada, endless()), 413)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        *("a" * 1_000, '"' * 1_000, '"' + "\\" * 999, "-" * 1_000, ":" * 1_000, "a:" * 500, "a@" * 500, "@a" * 500),
        *("assignee:" + "a@" * 495, "a " * 500, '"a" ' * 250, "status:" + "," * 990, "<" * 1_000, "due<" * 250),
        *('x:"' + "a\\" * 498, " " * 1_000, "\u3000" * 1_000, "a" * 999 + "\u0000", "title:" + "%" * 990, "_%" * 500),
    ],
)
async def test_a_filter_costs_in_step_with_its_length(house: House, ada: Person, text: str) -> None:
    """ReDoS: no text makes the reader, or the database, go back and forth."""
    path = await house.workspace(ada)
    project = await house.project(ada, path)
    await ada.post(f"{project}/tasks", {"title": "a" * 200})
    terms = Terms(new_id(UserId), SystemClock().now().date(), {})
    began = time.process_time()
    with suppress(Invalid):
        TASK_FILTERS.parse(text, terms)
    assert time.process_time() - began < MUCH_SECONDS
    answer = await house.http.get(
        f"/api/v1{path}/tasks",
        params={"filter": text},
        headers={"authorization": f"Bearer {ada.tokens['access_token']}"},
    )
    assert answer.status_code in {200, 400, 422}
    assert time.process_time() - began < 2 * MUCH_SECONDS


@pytest.mark.parametrize("kind", [Email, Slug])
def test_a_value_costs_in_step_with_its_length(kind: type[Email]) -> None:
    """Patterns of values are given far more than they take."""
    for text in (
        "a" * 200_000,
        "a@" + "a." * 100_000,
        "a@" + "a" * 200_000,
        "a-" * 100_000,
        "-" * 200_000,
        "@" * 200_000,
    ):
        began = time.process_time()
        with pytest.raises(ColonnadeError):
            kind(text)
        assert time.process_time() - began < MUCH_SECONDS


async def test_many_fields_headers_and_long_targets_are_refused(house: House, ada: Person) -> None:
    """Before anything is made of them."""
    problem(await ada.send("GET", "/workspaces?" + "&".join(f"a{n}=1" for n in range(2_000))), 400)
    problem(await ada.send("GET", "/" + "a" * 60_000), 414)
    many = {f"x-{n}": "1" for n in range(2_000)}
    problem(await ada.send("GET", "/workspaces", **many), 431)
