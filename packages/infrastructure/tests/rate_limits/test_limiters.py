"""Both limiters count alike; one suite for the two."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from colonnade.core import Invalid, Unavailable
from colonnade.infrastructure.rate_limits import MemoryRateLimiter, ValkeyRateLimiter
from colonnade.testing import FrozenClock

from ..brokers.restartable import running_valkey
from ..outbound.certificates import issue
from ..outbound.listening import in_front_of, listening

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
@pytest.mark.parametrize(("host", "query", "is_vouched_for", "is_trusted"), [
    ("localhost", "", True, True),
    ("localhost", "?ssl_ca_certs={folder}/certificate.pem", False, True),
    ("127.0.0.1", "", True, False),
    ("127.0.0.1", "?ssl_ca_certs={folder}/certificate.pem", False, False),
    ("localhost", "", False, False),
])  # fmt: skip
async def test_a_server_that_is_another_one_hears_nothing(
    clock: FrozenClock, tmp_path: Path, scheme: str, host: str, query: str, *, is_vouched_for: bool, is_trusted: bool
) -> None:
    """Neither by a name that is not in its certificate nor if nobody vouches for it: the password stays here."""
    ca_file = tmp_path / "certificate.pem" if is_vouched_for else None
    async with listening(issue(tmp_path).serving) as listener:
        url = f"{scheme}://ada:analytical@{host}:{listener.port}{query.format(folder=tmp_path)}"
        limiter = ValkeyRateLimiter(url, clock, timeout_seconds=5, tls_ca_file=ca_file)
        with pytest.raises(Unavailable):
            await limiter.hit("ada", 60)
        await limiter.close()
    assert listener.calls > 0
    assert (b"analytical" in listener.heard) is is_trusted
    assert bool(listener.heard) is is_trusted


def test_a_file_without_certificates_is_named(clock: FrozenClock, tmp_path: Path) -> None:
    """At the start, not at the first request."""
    (tmp_path / "nothing.pem").write_text("nothing")
    with pytest.raises(Invalid, match=r"nothing\.pem"):
        ValkeyRateLimiter("valkeys://localhost", clock, tls_ca_file=tmp_path / "nothing.pem")


@pytest.mark.integration
async def test_hits_are_counted_over_tls(clock: FrozenClock, tmp_path: Path) -> None:
    """In a server that proves who it is."""
    served, ca_file = issue(tmp_path).serving, tmp_path / "certificate.pem"
    async with running_valkey(keeps=False) as server, in_front_of(server.port, served) as port:
        limiter = ValkeyRateLimiter(f"valkeys://localhost:{port}", clock, timeout_seconds=5, tls_ca_file=ca_file)
        assert [(await limiter.hit("ada", 60)).used for _ in range(2)] == [1, 2]
        await limiter.close()
