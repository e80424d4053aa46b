"""Both limiters count alike; one suite for the two."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from colonnade.core import Unavailable
from colonnade.infrastructure.rate_limits import MemoryRateLimiter, ValkeyRateLimiter
from colonnade.testing import FrozenClock

from ..outbound.certificates import issue

Limiter = MemoryRateLimiter | ValkeyRateLimiter
NOWHERE = "valkey://127.0.0.1:1"


@pytest.fixture(params=["memory", pytest.param("valkey", marks=pytest.mark.integration)])
async def limiter(request: pytest.FixtureRequest, clock: FrozenClock) -> AsyncIterator[Limiter]:
    """Each in turn."""
    made: Limiter
    if request.param == "memory":
        made = MemoryRateLimiter(clock)
    else:
        url = request.getfixturevalue("valkey_url")
        made = ValkeyRateLimiter(url.replace("redis://", "valkey://"), clock, timeout_seconds=5, prefix=uuid4().hex)
    yield made
    await made.close()


async def test_hits_are_counted_for_each_key(limiter: Limiter) -> None:
    """One key says nothing about another."""
    assert [(await limiter.hit("ada", 60)).used for _ in range(3)] == [1, 2, 3]
    assert (await limiter.hit("ben", 60)).used == 1


async def test_a_window_ends_when_it_says_so(limiter: Limiter, clock: FrozenClock) -> None:
    """Not a second sooner."""
    seconds = (await limiter.hit("ada", 60)).seconds
    assert 1 <= seconds <= 60
    clock.advance(seconds=seconds - 1)
    assert await limiter.hit("ada", 60) == (2, 1)
    clock.advance(seconds=1)
    assert await limiter.hit("ada", 60) == (1, 60)


async def test_hits_at_the_same_time_are_all_counted(limiter: Limiter) -> None:
    """Each gets a number of its own."""
    hits = await asyncio.gather(*(limiter.hit("ada", 3_600) for _ in range(100)))
    assert sorted(hit.used for hit in hits) == list(range(1, 101))


async def test_windows_of_different_keys_end_at_different_times(limiter: Limiter) -> None:
    """So that not everybody comes back at once."""
    ends = {(await limiter.hit(f"person {number}", 3_600)).seconds for number in range(20)}
    assert len(ends) > 10


async def test_memory_is_bounded(clock: FrozenClock) -> None:
    """However many addresses somebody has, the newest keys are counted rightly."""
    limiter = MemoryRateLimiter(clock, keys=100)
    for number in range(1_000):
        await limiter.hit(f"address {number}", 60)
    assert len(limiter._windows) == 100
    assert (await limiter.hit("address 999", 60)).used == 2


async def test_a_server_that_is_not_there_is_an_outage_and_soon_left_alone(clock: FrozenClock) -> None:
    """The first hits find out; the next ones do not wait to."""
    limiter = ValkeyRateLimiter(NOWHERE, clock)
    for _ in range(3):
        with pytest.raises(Unavailable, match="does not answer"):
            await limiter.hit("ada", 60)
    with pytest.raises(Unavailable, match="left alone"):
        await limiter.hit("ada", 60)
    await limiter.close()


@pytest.mark.parametrize("url", ["", "memcached://127.0.0.1", "127.0.0.1:6379"])
def test_another_kind_of_server_is_refused(url: str, clock: FrozenClock) -> None:
    """At the start, not at the first request."""
    with pytest.raises(ValueError, match="must begin with"):
        ValkeyRateLimiter(url, clock)


@pytest.mark.integration
async def test_two_processes_count_together(valkey_url: str, clock: FrozenClock) -> None:
    """What one has counted, the other knows."""
    prefix = uuid4().hex
    first, second = (ValkeyRateLimiter(valkey_url, clock, timeout_seconds=5, prefix=prefix) for _ in range(2))
    assert (await first.hit("ada", 60)).used == 1
    assert (await second.hit("ada", 60)).used == 2
    await first.close()
    await second.close()


@pytest.mark.parametrize("scheme", ["valkeys", "rediss"])
@pytest.mark.parametrize(("host", "query", "is_trusted"), [
    ("localhost", "?ssl_ca_certs={folder}/certificate.pem", True),
    ("127.0.0.1", "?ssl_ca_certs={folder}/certificate.pem", False),
    ("localhost", "", False),
])  # fmt: skip
async def test_a_server_that_is_another_one_hears_nothing(
    clock: FrozenClock, tmp_path: Path, scheme: str, host: str, query: str, *, is_trusted: bool
) -> None:
    """Neither by a name that is not in its certificate nor if nobody vouches for it: the password stays here."""
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    listening = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=issue(tmp_path).serving)
    port = listening.sockets[0].getsockname()[1]
    url = f"{scheme}://ada:analytical@{host}:{port}{query.format(folder=tmp_path)}"
    limiter = ValkeyRateLimiter(url, clock, timeout_seconds=5)
    with pytest.raises(Unavailable):
        await limiter.hit("ada", 60)
    await limiter.close()
    listening.close()
    assert any(b"analytical" in said for said in heard) is is_trusted
