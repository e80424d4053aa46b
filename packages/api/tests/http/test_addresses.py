"""The address of a client is the nearest one that no trusted proxy vouches for."""

from ipaddress import ip_network

import pytest

from colonnade.api.http import ClientAddresses, HttpSettings
from colonnade.api.http.addresses import counted_as

from .porch import built

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
BEARER = {"authorization": "Bearer bearer"}


def address(peer: str | None, *forwarded: str, trusted: bool = True) -> str | None:
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in forwarded]
    scope = {"type": "http", "client": (peer, 1) if peer else None, "headers": headers}
    return ClientAddresses(PROXIES if trusted else ()).of(scope)


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["203.0.113.7, 10.0.0.2, 10.0.0.3"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["203.0.113.7:4711"], "203.0.113.7"),
        ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("fd00::1", ["2001:DB8:0::7"], "2001:db8::7"),
        ("10.0.0.1", ["::ffff:203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ("10.0.0.1", ["203.0.113.7, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.7, <script>, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("203.0.113.9", ["10.0.0.1"], "203.0.113.9"),
        (None, ["198.51.100.1"], None),
    ],
)
def test_a_chain_is_read_from_the_right(peer: str | None, forwarded: list[str], expected: str | None) -> None:
    """As far as it was written by trusted proxies."""
    assert address(peer, *forwarded) == expected


def test_nobody_is_trusted_unless_named() -> None:
    """Not even this machine."""
    assert address("127.0.0.1", "203.0.113.7", trusted=False) == "127.0.0.1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/64"), ("2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"), ("fe80::1%eth0", "fe80::/64"), (None, "unknown"), ("x", "unknown"),
    ],
)  # fmt: skip
def test_what_an_address_counts_as(text: str | None, expected: str) -> None:
    """A single address of version 4, a network of version 6."""
    assert counted_as(text) == expected


async def test_messages_carry_where_they_come_from() -> None:
    """The address, and of the user agent what can be stored and shown."""
    house = await built(HttpSettings(trusted_proxies=PROXIES))
    async with house.visited("10.0.0.1") as client:
        headers = {**BEARER, "x-forwarded-for": "203.0.113.7", "user-agent": "curl/8"}
        seen = (await client.get("/look", headers=headers)).json()
        assert (seen["address"], seen["user_agent"]) == ("203.0.113.7", "curl/8")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (b"curl/8\x1b[31m\x9d", "curl/8[31m"), (b"a" * 5_000, "a" * 400), (b"", None), (b"\x01\x02", None),
        (b"line\tbreak", "linebreak"),
    ],
)  # fmt: skip
async def test_a_user_agent_cannot_do_harm_in_a_log(given: bytes, kept: str | None) -> None:
    """It is short, and has no control characters."""
    house = await built()
    async with house.visited() as client:
        seen = (await client.get("/peek", headers=[(b"user-agent", given)])).json()
    assert seen["user_agent"] == kept
