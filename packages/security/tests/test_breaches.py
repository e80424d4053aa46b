"""Stolen passwords are found without telling anybody which one was asked for."""

import hashlib
import logging

import httpx2
import pytest

from colonnade.security.breaches import BreachCheck
from colonnade.security.invalid_password import InvalidPassword

DIGEST = hashlib.sha1(b"open sesame").hexdigest().upper()


class Range:
    """Answers as the range API does."""

    def __init__(self, body: str = "", status: int = 200) -> None:
        self.body = body
        self.status = status
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        self.requests.append(request)
        return httpx2.Response(self.status, text=self.body)


def check(answer: Range) -> BreachCheck:
    """Return a check that asks there."""
    return BreachCheck("https://ranges.example.com/range/", transport=httpx2.MockTransport(answer))


async def test_a_stolen_password_is_refused_and_nobody_learns_it() -> None:
    """Five digits of its hash leave the house, and the answer is padded."""
    there = Range(f"{'0' * 35}:3\r\n{DIGEST[5:]}:42\r\n")
    with pytest.raises(InvalidPassword) as refused:
        await check(there).require("open sesame")
    assert refused.value.facts["seen"] == 42
    (request,) = there.requests
    assert str(request.url) == f"https://ranges.example.com/range/{DIGEST[:5]}"
    assert request.headers["add-padding"] == "true"


@pytest.mark.parametrize("body", ["", f"{DIGEST[5:]}:0", f"{DIGEST[5:]}:many", "<html>", f"{'0' * 35}:3"])
async def test_what_nobody_stole_and_padding_pass(body: str) -> None:
    await check(Range(body)).require("open sesame")


@pytest.mark.parametrize("status", [302, 404, 429, 503])
async def test_an_outage_keeps_nobody_out(status: int, caplog: pytest.LogCaptureFixture) -> None:
    """It is noted, without the password or its hash."""
    with caplog.at_level(logging.WARNING):
        asked = check(Range(status=status))
        assert await asked.seen("open sesame") is None
        await asked.require("open sesame")
    assert "cannot be checked" in caplog.text
    assert DIGEST[:5] not in caplog.text


async def test_a_service_that_cannot_be_reached_keeps_nobody_out() -> None:
    asked = BreachCheck("http://127.0.0.1:9/range", timeout_seconds=1)
    assert await asked.seen("open sesame") is None
    await asked.close()
