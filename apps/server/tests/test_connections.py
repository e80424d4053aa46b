"""Real sockets: clients that are slow, endless or cunning do not hold a connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from colonnade.server.connections import guarded_protocol

from .house import House

DEADLINE_SECONDS = 20
GOOD = b"GET / HTTP/1.1\r\nhost: work.test\r\n\r\n"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def listening(application: ASGIApp) -> AsyncIterator[int]:
    """Serve an application with short patience, and yield its port."""
    config = uvicorn.Config(
        application, port=0, lifespan="off", log_config=None, timeout_keep_alive=30, proxy_headers=False,
        http=guarded_protocol(head_seconds=0.3, head_bytes=10_000), server_header=False,
    )  # fmt: skip
    config.load()
    protocols = uvicorn.Server(config)
    protocols.lifespan = config.lifespan_class(config)
    await protocols.startup()
    yield protocols.servers[0].sockets[0].getsockname()[1]
    protocols.should_exit = True
    await protocols.shutdown()


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Where a server with short patience listens."""
    async with listening(echo) as port:
        yield port


async def said(port: int, *pieces: bytes, endless: bytes = b"") -> bytes:
    """Send pieces, then one piece again and again, and return everything until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def go_on() -> None:
        try:
            while endless:
                writer.write(endless)
                await writer.drain()
                await asyncio.sleep(0.01)
        except OSError:
            return

    for piece in pieces:
        writer.write(piece)
    going_on = asyncio.create_task(go_on())
    heard = b""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while more := await reader.read(65_536):
                heard += more
    except ConnectionResetError:
        pass  # hung up while we were still talking
    finally:
        going_on.cancel()
        writer.close()
    return heard


def refusal(status: bytes) -> bytes:
    """Return what is said before hanging up, unless the client does not listen."""
    return b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


async def test_a_head_that_trickles_is_cut_off(port: int) -> None:
    """One header now and then would hold the connection for ever (slow loris)."""
    assert (await said(port, b"GET / HTTP/1.1\r\n", endless=b"x: 1\r\n")) in {b"", refusal(b"408 Request Timeout")}


async def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    """Without a word."""
    assert await said(port) == b""


async def test_line_breaks_are_no_request(port: int) -> None:
    """They may stand before one, but not for ever."""
    assert b"200" not in await said(port, endless=b"\r\n")


async def test_a_header_without_an_end_is_cut_off(port: int) -> None:
    """Before it fills the memory."""
    answer = await said(port, b"GET / HTTP/1.1\r\nx: ", endless=b"a" * 4_096)
    assert answer in {b"", refusal(b"431 Request Header Fields Too Large")}


async def test_a_second_head_on_the_same_connection_has_the_same_time(port: int) -> None:
    """The first answer comes; then the clock runs again."""
    answer = await said(port, GOOD + b"GET / HTTP/1.1\r\n", endless=b"x: 1\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize(
    "head",
    [
        b"content-length: 5\r\ncontent-length: 6\r\n", b"content-length: 5\r\ntransfer-encoding: chunked\r\n",
        b"transfer-encoding: chunked, identity\r\n", b"content-length: -1\r\n", b"x : 1\r\n", b"x: a\x00b\r\n",
    ],
)  # fmt: skip
async def test_a_request_that_could_be_two_is_refused(port: int, head: bytes) -> None:
    """Whoever stands before us may have read it differently (request smuggling)."""
    sent = b"POST / HTTP/1.1\r\nhost: work.test\r\n" + head + b"\r\nhello" + GOOD
    assert (await said(port, sent)).startswith(b"HTTP/1.1 400 ")


async def test_a_good_request_is_answered(port: int) -> None:
    """And says nothing about the server."""
    answer = await said(port, b"GET / HTTP/1.1\r\nhost: work.test\r\nconnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"server:" not in answer.lower()


@pytest.mark.parametrize("path", [b"/", b"/api/v1/workspaces", b"/api/docs", b"/metrics", b"/nowhere"])
async def test_trace_is_refused_and_echoes_nothing(house: House, path: bytes) -> None:
    """Or a page could read header fields that it cannot see."""
    request = b"TRACE %b HTTP/1.1\r\nhost: work.test\r\nx-canary: canary\r\nconnection: close\r\n\r\n" % path
    async with listening(house.server.application) as port:
        answer = await said(port, request)
    assert answer.startswith((b"HTTP/1.1 405 ", b"HTTP/1.1 404 "))
    assert b"canary" not in answer
