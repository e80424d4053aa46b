"""What stands before a body is bounded and unambiguous; bodies are bounded in time, depth and encoding."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from colonnade.api.http import BodyLimits, HeadLimits, HttpSettings, create_application

from ..library import CONTRACT, Book, Service, talking_to

JSON = {"content-type": "application/json"}
SMALL = HttpSettings(
    prefix="/api",
    head=HeadLimits(path_bytes=100, query_bytes=200, header_bytes=1_000, header_count=20),
    body=BodyLimits(seconds=0.3, idle_seconds=0.1),
)


@pytest.fixture
async def small(service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a server with small bounds."""
    application = create_application(CONTRACT, service.bus, service.porter, settings=SMALL)
    async with talking_to(application) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/" + "a" * 200, {}, 414),
        ("/greeting?name=" + "a" * 300, {}, 414),
        ("/greeting", {"x-long": "a" * 2_000}, 431),
        ("/greeting", {f"x-{number}": "a" for number in range(30)}, 431),
        ("/greeting", {"x-fine": "a"}, 200),
    ],
)  # fmt: skip
async def test_a_head_is_bounded(small: httpx2.AsyncClient, path: str, headers: dict[str, str], status: int) -> None:
    """Path, query, headers, and how many there are."""
    answer = await small.get(path, headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["content-length", "host", "authorization", "content-type", "if-match", "origin"])
async def test_a_header_that_counts_occurs_once(client: httpx2.AsyncClient, name: str) -> None:
    """Two would be read differently by whoever stands before us (request smuggling)."""
    answer = await client.get("/greeting", headers=[(name, "1"), (name, "2")])
    assert answer.status_code == 400
    assert answer.json()["field"] == name


async def test_other_headers_may_occur_twice(client: httpx2.AsyncClient) -> None:
    """They are lists."""
    assert (await client.get("/greeting", headers=[("accept", "a/b"), ("accept", "*/*")])).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP", "x"])
async def test_a_bomb_is_not_unpacked(client: httpx2.AsyncClient, encoding: str) -> None:
    """Compressed bodies are not taken at all."""
    bomb = gzip.compress(b'{"title": "' + b"a" * 1_000_000 + b'"}') if "gzip" in encoding else zlib.compress(b"{}")
    answer = await client.post("/books", content=bomb, headers={**JSON, "content-encoding": encoding})
    assert answer.status_code == 415
    assert answer.json()["accepted"] == ["identity"]


@pytest.mark.parametrize("piece", [b"[", b'{"a":', b'[{"a":['])
async def test_depth_is_refused_before_it_is_built(service: Service, piece: bytes) -> None:
    """A body of the largest size, all of it brackets, costs next to nothing."""
    application = create_application(CONTRACT, service.bus, service.porter, settings=HttpSettings(prefix="/api"))
    body = b'{"title": ' + piece * (5_000_000 // len(piece))
    async with talking_to(application) as client:
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        answer = await client.post("/books", content=body, headers=JSON)
        peak = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_body")
    assert "recursion limit" in answer.json()["detail"]
    assert peak < 3 * len(body)


async def test_a_number_with_millions_of_digits_is_refused(service: Service) -> None:
    """Reading it would take hours."""
    application = create_application(CONTRACT, service.bus, service.porter, settings=HttpSettings(prefix="/api"))
    async with talking_to(application) as client:
        body = b'{"title": ' + b"7" * 5_000_000 + b"}"
        assert (await client.post("/books", content=body, headers=JSON)).status_code == 400


async def test_a_body_that_stops_is_not_waited_for(small: httpx2.AsyncClient) -> None:
    """It may pause, but not for long; the connection is closed."""
    never = asyncio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        yield b'{"title": '
        await never.wait()

    answer = await small.post("/books", content=stalling(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (408, "body_too_slow")
    assert answer.headers["connection"] == "close"


async def test_a_body_that_trickles_is_not_waited_for(small: httpx2.AsyncClient) -> None:
    """However faithfully the next byte comes before the pause is too long."""

    async def trickling() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0)

    answer = await asyncio.wait_for(small.post("/books", content=trickling(), headers=JSON), 30)
    assert answer.status_code == 408


async def test_bounds_hold_for_routes_that_are_mounted_elsewhere(service: Service, book: Book) -> None:
    """They are part of the route."""
    from starlette.applications import Starlette

    from colonnade.api.http import create_routes

    routes: Any = create_routes(CONTRACT, service.bus, service.porter, SMALL)
    async with talking_to(Starlette(routes=routes)) as client:
        assert (await client.get("/greeting?name=" + "a" * 300)).status_code == 414
