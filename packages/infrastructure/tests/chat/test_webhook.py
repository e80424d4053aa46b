import json
from ipaddress import ip_network

import pytest

from colonnade.core import Invalid, Unavailable
from colonnade.infrastructure.chat import ChatMessage, ChatMessageRefused, ChatWebhook
from colonnade.infrastructure.outbound import AddressRefused, OutboundFailed, OutboundHttp, OutboundSettings
from colonnade.testing import FrozenClock

from ..outbound.strangers import answer, stranger

MESSAGE = ChatMessage("Ada assigned you “Über” 🎉", blocks=[{"type": "divider"}])


@pytest.fixture
def rooms(clock: FrozenClock) -> ChatWebhook:
    settings = OutboundSettings(allowed_networks=(ip_network("127.0.0.0/8"),), allow_http=True)
    return ChatWebhook(OutboundHttp(settings), clock=clock)


async def test_a_message_is_posted_as_slack_takes_it(rooms: ChatWebhook) -> None:
    async with stranger(answer(body=b"ok")) as room:
        await rooms.post(f"http://127.0.0.1:{room.port}/services/T0/B0/x", MESSAGE)
        await rooms.post(f"http://127.0.0.1:{room.port}/services/T0/B0/x", ChatMessage("plain"))
    laid_out, plain = room.received
    assert laid_out.line == "POST /services/T0/B0/x HTTP/1.1"
    assert laid_out.headers["content-type"] == "application/json; charset=utf-8"
    assert json.loads(laid_out.body) == {"text": MESSAGE.text, "blocks": [{"type": "divider"}]}
    assert json.loads(plain.body) == {"text": "plain"}


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "404 Not Found", "410 Gone", "302 Found"])
async def test_a_room_that_is_gone_refuses_for_good(rooms: ChatWebhook, status: str) -> None:
    async with stranger(answer(status, b"channel_not_found")) as room:
        with pytest.raises(ChatMessageRefused) as refusal:
            await rooms.post(f"http://127.0.0.1:{room.port}/", MESSAGE)
    assert not refusal.value.retryable
    assert refusal.value.facts == {"status": int(status[:3]), "answer": "channel_not_found"}


async def test_a_room_that_is_too_busy_says_when_it_is_not(rooms: ChatWebhook) -> None:
    async with stranger(answer("429 Too Many Requests", Retry_After="30")) as room:
        with pytest.raises(Unavailable) as later:
            await rooms.post(f"http://127.0.0.1:{room.port}/", MESSAGE)
    assert later.value.facts == {"status": 429, "answer": "", "retry_after_seconds": 30}


async def test_a_date_to_come_back_at_is_counted_from_now(rooms: ChatWebhook, clock: FrozenClock) -> None:
    async with stranger(answer("503 Service Unavailable", Retry_After="Mon, 05 Jan 2026 09:02:00 GMT")) as room:
        clock.advance(seconds=60)
        with pytest.raises(Unavailable) as later:
            await rooms.post(f"http://127.0.0.1:{room.port}/", MESSAGE)
    assert later.value.facts["retry_after_seconds"] == 60


async def test_of_a_long_refusal_the_beginning_is_kept(rooms: ChatWebhook) -> None:
    async with stranger(answer("400 Bad Request", b"\xff" * 100_000)) as room:
        with pytest.raises(ChatMessageRefused) as refusal:
            await rooms.post(f"http://127.0.0.1:{room.port}/", MESSAGE)
    assert refusal.value.facts["answer"] == "\ufffd" * 500


async def test_a_room_that_does_not_answer_is_unavailable(rooms: ChatWebhook) -> None:
    async with stranger(answer()) as room:
        pass
    with pytest.raises(OutboundFailed) as failure:
        await rooms.post(f"http://127.0.0.1:{room.port}/", MESSAGE)
    assert failure.value.retryable


async def test_a_room_on_the_inside_is_refused(clock: FrozenClock) -> None:
    rooms = ChatWebhook(OutboundHttp(OutboundSettings(allow_http=True)), clock=clock)
    with pytest.raises(AddressRefused):
        await rooms.post("http://169.254.169.254/latest/meta-data/", MESSAGE)


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_message_says_something(text: str) -> None:
    with pytest.raises(Invalid):
        ChatMessage(text)
