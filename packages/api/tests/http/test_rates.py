"""Requests are counted by person, token and address, and the answers say what is left."""

from ipaddress import ip_network
from uuid import UUID

import http_sf
import httpx2
import pytest

from colonnade.api.http import HttpSettings

from .porch import WINDOW_SECONDS, House, built, holder_of_a_token

BEARER = {"authorization": "Bearer bearer"}


@pytest.fixture
async def house() -> House:
    """A house that counts."""
    return await built()


async def test_an_answer_says_what_is_left(house: House) -> None:
    """Both headers are structured fields (RFC 9651) with the members of the draft."""
    async with house.visited() as client:
        answer = await client.get("/look", headers=BEARER)
    assert _field(answer, "ratelimit-policy") == [("look-person", {"q": 3, "w": 60})]
    assert _field(answer, "ratelimit") == [("look-person", {"r": 2, "t": WINDOW_SECONDS})]


async def test_whoever_uses_up_a_quota_is_told_when_to_come_back(house: House) -> None:
    """With a problem document, whatever they ask for of the same rate."""
    async with house.visited() as client:
        answers = [await client.get("/look", headers=BEARER) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.headers["retry-after"] == str(WINDOW_SECONDS)
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["policy"] == "look-person"
    assert _field(refused, "ratelimit") == [("look-person", {"r": 0, "t": WINDOW_SECONDS})]


async def test_a_person_is_counted_wherever_they_are(house: House) -> None:
    """Another address, or another session, is no way around."""
    statuses = []
    for number in range(4):
        async with house.visited(f"192.0.2.{number}") as client:
            statuses.append((await client.get("/look", headers=BEARER)).status_code)
    assert statuses == [200, 200, 200, 429]


async def test_a_token_has_a_quota_of_its_own_beside_its_owners(house: House) -> None:
    """A script that runs wild stops before it takes everything from its owner."""
    house.door.good["script"] = holder_of_a_token(UUID(int=7))
    async with house.visited() as client:
        answers = [await client.get("/look", headers={"authorization": "Bearer script"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1].json()["policy"] == "look-token"
        assert [name for name, _ in _field(answers[0], "ratelimit")] == ["look-person", "look-token"]


async def test_strangers_are_counted_by_address_before_their_body_is_read(house: House) -> None:
    """Guessing from one address ends soon; the body of the refused request does not even matter."""
    async with house.visited() as client:
        for _ in range(3):
            assert (await client.post("/door", json={"password": "guess"})).status_code == 401
        assert (await client.post("/door", content=b"{not json")).status_code == 429
    async with house.visited("192.0.2.2") as other:
        assert (await other.post("/door", json={"password": "sesame"})).status_code == 201


async def test_a_network_of_ipv6_counts_as_one(house: House) -> None:
    """Whoever has 2^64 addresses has one quota; the next network has another."""
    for number in range(1, 4):
        async with house.visited(f"2001:db8::{number}") as client:
            await client.post("/door", json={"password": "guess"})
    async with house.visited("2001:db8::ffff:1") as client:
        assert (await client.post("/door", json={"password": "guess"})).status_code == 429
    async with house.visited("2001:db8:0:1::1") as client:
        assert (await client.post("/door", json={"password": "guess"})).status_code == 401


async def test_an_address_that_somebody_claims_to_have_does_not_count(house: House) -> None:
    """A made-up X-Forwarded-For is no way around the limit."""
    async with house.visited() as client:
        statuses = [
            (
                await client.post("/door", json={"password": "guess"}, headers={"x-forwarded-for": f"198.51.100.{n}"})
            ).status_code
            for n in range(4)
        ]
    assert statuses == [401, 401, 401, 429]


async def test_nor_does_one_that_they_claim_through_a_proxy() -> None:
    """The proxy writes to the right of what it was sent, and only that is believed."""
    house = await built(HttpSettings(trusted_proxies=(ip_network("10.0.0.0/8"),)))
    async with house.visited("10.0.0.1") as proxy:
        statuses = [
            (
                await proxy.post(
                    "/door", json={"password": "guess"}, headers={"x-forwarded-for": f"198.51.100.{n}, 203.0.113.7"}
                )
            ).status_code
            for n in range(4)
        ]
    assert statuses == [401, 401, 401, 429]
    assert house.limiter.hits["door:address:203.0.113.7"] == 4


async def test_bad_tokens_are_counted_by_address(house: House) -> None:
    """Trying tokens out has a limit too, although nobody is signed in."""
    async with house.visited() as client:
        statuses = {
            (await client.get("/look", headers={"authorization": "Bearer guess"})).status_code for _ in range(9)
        }
        assert statuses == {401}
        house.limiter.hits["refusals:address:192.0.2.1"] = 300
        assert (await client.get("/look", headers={"authorization": "Bearer guess"})).status_code == 429
        assert (await client.get("/look", headers=BEARER)).status_code == 200


async def test_without_the_limiter_reads_and_commands_go_on(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """It is better to count nothing than to do nothing; the log says it once."""
    house.limiter.is_broken = True
    async with house.visited() as client:
        for _ in range(5):
            answer = await client.get("/look", headers=BEARER)
            assert answer.status_code == 200
            assert "ratelimit" not in answer.headers
        assert (await client.post("/paint", headers=BEARER)).status_code == 200
    assert len([record for record in caplog.records if "(look)" in record.getMessage()]) == 1


async def test_without_the_limiter_nobody_signs_in(house: House) -> None:
    """Or taking the limiter down would be the first step of guessing passwords."""
    house.limiter.is_broken = True
    async with house.visited() as client:
        answer = await client.post("/door", json={"password": "sesame"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert house.door.given == 0


async def test_an_operator_grants_more_or_less() -> None:
    """By one factor for all quotas, and never nothing at all."""
    house = await built(HttpSettings(rate_factor=0.01))
    async with house.visited() as client:
        answers = [await client.get("/look", headers=BEARER) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]


async def test_an_unlimited_row_is_not_counted(house: House) -> None:
    """And says nothing about quotas."""
    async with house.visited() as client:
        answer = await client.post("/door/stay", json={"refresh_token": "none"})
    assert "ratelimit" not in answer.headers
    assert not house.limiter.hits


def _field(answer: httpx2.Response, name: str) -> list[tuple[str, dict[str, int]]]:
    parsed = http_sf.parse(answer.headers[name].encode(), tltype="list")
    return [(str(value), dict(parameters)) for value, parameters in parsed]  # type: ignore[misc]
