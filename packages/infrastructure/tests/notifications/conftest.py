"""What the tests of notifications share."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from colonnade.core import CursorCodec
from colonnade.infrastructure.mail import Security, SmtpMailer, SmtpSettings

from ..mail.servers import Post, post
from .desk import Desk


@pytest.fixture
async def mails() -> AsyncIterator[Post]:
    """A mail server."""
    async with post() as opened:
        yield opened


@pytest.fixture
async def desk(house: Any, cursors: CursorCodec, mails: Post) -> AsyncIterator[Desk]:
    """A service that tells people, on each engine in turn."""
    server = SmtpSettings(
        host="127.0.0.1",
        port=mails.port,
        sender="Colonnade <noreply@work.example.com>",
        security=Security.NONE,
        hello_name="work.example.com",
    )
    opened = await Desk(house, cursors, SmtpMailer(server, clock=house.clock)).open()
    yield opened
    await opened.close()
