"""What a stranger answers is bounded in size and time, and whatever goes wrong says which part of the call it was."""

import asyncio
import pickle
import sys
from collections.abc import Sequence

import pytest

from colonnade.infrastructure.outbound import OutboundFailed, Reason

from .calling import OUTSIDE, Names, client
from .strangers import Received, answer, stranger


async def test_of_a_huge_body_only_the_beginning_is_read() -> None:
    sent = 0

    async def flood(request: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 1_000_000_000:
            writer.write(b"x" * 65_536)
            sent += 65_536
            await writer.drain()

    async with stranger(flood, host=OUTSIDE) as server:
        response = await client(body_limit_bytes=1_000).request("GET", f"http://hook.example:{server.port}/")
        async with asyncio.timeout(5):
            await server.left.wait()
    assert response.body == b"x" * 1_000
    assert response.truncated
    assert sent < 100_000_000


async def test_a_body_of_exactly_the_limit_is_whole() -> None:
    async with stranger(answer(body=b"x" * 1_000), host=OUTSIDE) as server:
        response = await client(body_limit_bytes=1_000).request("GET", f"http://hook.example:{server.port}/")
    assert (len(response.body), response.truncated) == (1_000, False)


async def test_a_compressed_body_is_not_unpacked() -> None:
    async with stranger(answer(body=b"not gzip at all", Content_Encoding="gzip"), host=OUTSIDE) as server:
        response = await client().request("GET", f"http://hook.example:{server.port}/")
    assert response.body == b"not gzip at all"


async def test_a_body_that_drips_ends_at_the_time_out_of_the_whole_call() -> None:
    async def drip(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0)

    async with stranger(drip, host=OUTSIDE) as server:
        http = client(timeout_seconds=0.2, body_limit_bytes=sys.maxsize)
        with pytest.raises(OutboundFailed) as failure:
            await http.request("GET", f"http://hook.example:{server.port}/")
        async with asyncio.timeout(5):
            await server.left.wait()
    assert failure.value.reason is Reason.TIMEOUT
    assert failure.value.retryable


async def test_a_server_that_never_answers_is_a_time_out() -> None:
    over = asyncio.Event()

    async def hang(request: Received, writer: asyncio.StreamWriter) -> None:
        await over.wait()

    async with stranger(hang, host=OUTSIDE) as server:
        with pytest.raises(OutboundFailed) as failure:
            await client(timeout_seconds=0.05).request("GET", f"http://hook.example:{server.port}/")
        over.set()
    assert failure.value.reason is Reason.TIMEOUT


async def test_a_name_server_that_never_answers_is_a_failed_look_up() -> None:
    class Silent(Names):
        async def __call__(self, host: str, port: int) -> Sequence[str]:
            await asyncio.Event().wait()
            return []

    with pytest.raises(OutboundFailed) as failure:
        await client(Silent([]), resolve_timeout_seconds=0.01).request("GET", "http://hook.example/")
    assert failure.value.reason is Reason.RESOLVE


@pytest.mark.parametrize("found", [OSError("unknown"), []])
async def test_a_name_that_nobody_knows_is_a_failed_look_up(found: list[str] | OSError) -> None:
    with pytest.raises(OutboundFailed) as failure:
        await client(Names(found)).request("GET", "http://hook.example/")
    assert failure.value.reason is Reason.RESOLVE


async def test_a_port_where_nobody_listens_is_a_failed_connection() -> None:
    async with stranger(answer(), host=OUTSIDE) as server:
        pass
    with pytest.raises(OutboundFailed) as failure:
        await client().request("GET", f"http://hook.example:{server.port}/")
    assert failure.value.reason is Reason.CONNECT
    assert pickle.loads(pickle.dumps(failure.value)).reason is Reason.CONNECT


async def test_what_is_not_http_is_a_failure() -> None:
    async def babble(request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smtp.example ESMTP\r\n\r\n")

    async with stranger(babble, host=OUTSIDE) as server:
        with pytest.raises(OutboundFailed) as failure:
            await client().request("GET", f"http://hook.example:{server.port}/")
    assert failure.value.reason is Reason.PROTOCOL
