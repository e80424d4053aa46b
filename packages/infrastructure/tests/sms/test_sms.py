import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs

import httpx2
import pytest
from pydantic import SecretStr

from colonnade.core import Invalid, Unavailable
from colonnade.infrastructure.resilience import Failover, ResiliencePolicy
from colonnade.infrastructure.sms import (
    HttpSmsSender,
    HttpSmsSettings,
    ResilientSmsSender,
    TextMessage,
    TextMessageRefused,
)
from colonnade.testing import FrozenClock

from ..outbound.strangers import Received, Stranger, answer, stranger

MESSAGE = TextMessage("+4915112345678", "Ünder + overdue & 50 % late 🎉")
SETTINGS = HttpSmsSettings(url="", username="AC1", password=SecretStr("t0ken"), sender="+15005550006")
POLICY = ResiliencePolicy(timeout_seconds=5, attempts=1, failure_threshold=3)


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as opened:
        yield opened


class Senders:
    def __init__(self, client: httpx2.AsyncClient, clock: FrozenClock) -> None:
        self._client, self._clock = client, clock

    def to(self, provider: Stranger, settings: HttpSmsSettings = SETTINGS) -> HttpSmsSender:
        url = f"http://127.0.0.1:{provider.port}/2010-04-01/Accounts/AC1/Messages.json"
        return HttpSmsSender(replace(settings, url=url), self._client, clock=self._clock)


@pytest.fixture
def senders(client: httpx2.AsyncClient, clock: FrozenClock) -> Senders:
    return Senders(client, clock)


async def test_a_message_is_posted_as_a_form_by_who_signs_in(senders: Senders) -> None:
    async with stranger(answer("201 Created", b'{"sid": "SM1", "status": "queued"}')) as provider:
        assert await senders.to(provider).send(MESSAGE) == "SM1"
    [received] = provider.received
    assert received.line == "POST /2010-04-01/Accounts/AC1/Messages.json HTTP/1.1"
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"
    assert received.headers["authorization"] == f"Basic {base64.b64encode(b'AC1:t0ken').decode()}".lower()
    form = {"To": [MESSAGE.to], "From": [SETTINGS.sender], "Body": [MESSAGE.text]}
    assert parse_qs(received.body.decode()) == form


async def test_the_names_of_the_form_are_the_providers(senders: Senders) -> None:
    settings = replace(SETTINGS, to_field="msisdn", sender_field="src", text_field="content", id_field="id")
    async with stranger(answer(body=b'{"id": 7}')) as provider:
        assert await senders.to(provider, settings).send(MESSAGE) == "7"
    form = {"msisdn": [MESSAGE.to], "src": [SETTINGS.sender], "content": [MESSAGE.text]}
    assert parse_qs(provider.received[0].body.decode()) == form


@pytest.mark.parametrize("body", [b"", b"OK", b"[]", b"{}", b"\xff"])
async def test_a_provider_need_not_tell_an_id(senders: Senders, body: bytes) -> None:
    async with stranger(answer(body=body)) as provider:
        assert await senders.to(provider).send(MESSAGE) is None


async def test_a_number_that_nobody_has_is_refused_for_good(senders: Senders) -> None:
    async with stranger(answer("400 Bad Request", b'{"code": 21211}')) as provider:
        with pytest.raises(TextMessageRefused) as refusal:
            await senders.to(provider).send(MESSAGE)
    assert not refusal.value.retryable
    assert refusal.value.facts == {"status": 400, "answer": '{"code": 21211}'}


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "302 Found", "500 Internal Server Error"])
async def test_a_provider_that_does_not_serve_us_is_unavailable(senders: Senders, status: str) -> None:
    async with stranger(answer(status, Location="/elsewhere")) as provider:
        with pytest.raises(Unavailable) as failure:
            await senders.to(provider).send(MESSAGE)
    assert failure.value.facts == {"status": int(status[:3]), "answer": ""}
    assert provider.connections == 1


async def test_a_provider_that_is_too_busy_says_when_it_is_not(senders: Senders) -> None:
    async with stranger(answer("429 Too Many Requests", Retry_After="12")) as provider:
        with pytest.raises(Unavailable) as later:
            await senders.to(provider).send(MESSAGE)
    assert later.value.facts["retry_after_seconds"] == 12


async def test_a_provider_that_hangs_or_is_not_there_is_unavailable(senders: Senders) -> None:
    over = asyncio.Event()

    async def hang(request: Received, writer: asyncio.StreamWriter) -> None:
        await over.wait()

    async with stranger(hang) as provider:
        with pytest.raises(Unavailable):
            await senders.to(provider, replace(SETTINGS, timeout_seconds=0.05)).send(MESSAGE)
        over.set()
    with pytest.raises(Unavailable):
        await senders.to(provider).send(MESSAGE)


async def test_the_next_provider_sends_what_the_first_cannot(senders: Senders, clock: FrozenClock) -> None:
    async with (
        stranger(answer("503 Service Unavailable")) as first,
        stranger(answer("201 Created", b'{"sid": "SM2"}')) as second,
    ):
        providers = Failover({"first": senders.to(first), "second": senders.to(second)}, POLICY, clock=clock)
        assert await ResilientSmsSender(providers).send(MESSAGE) == "SM2"
    assert (len(first.received), len(second.received)) == (1, 1)


async def test_a_number_that_nobody_has_is_not_tried_elsewhere(senders: Senders, clock: FrozenClock) -> None:
    async with stranger(answer("400 Bad Request")) as first, stranger(answer()) as second:
        providers = Failover({"first": senders.to(first), "second": senders.to(second)}, POLICY, clock=clock)
        with pytest.raises(TextMessageRefused):
            await ResilientSmsSender(providers).send(MESSAGE)
    assert second.connections == 0


@pytest.mark.parametrize("to", ["+4915112345678", "+15005550006", "+2907999", "+123456789012345"])
def test_numbers_in_international_form_are_taken(to: str) -> None:
    assert TextMessage(to, "Hi").to == to


@pytest.mark.parametrize(
    "to",
    [
        "",
        "015112345678",
        "4915112345678",
        "+0151123456",
        "+49 151 12345678",
        "+1234567890123456",
        "+12",
        "+٤٩١٥١١٢٣٤",
    ],
)
def test_other_numbers_are_refused(to: str) -> None:
    with pytest.raises(Invalid) as refusal:
        TextMessage(to, "Hi")
    assert refusal.value.facts == {"field": "to"}


@pytest.mark.parametrize("text", ["", "  ", "x" * 1601])
def test_a_text_says_something_and_not_too_much(text: str) -> None:
    with pytest.raises(Invalid):
        TextMessage("+15005550006", text)
