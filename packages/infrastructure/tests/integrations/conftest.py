"""What the tests of webhooks share."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from colonnade.core import CursorCodec

from .post import Post
from .receiver import Receiver


@pytest.fixture
async def post(house: Any, cursors: CursorCodec) -> AsyncIterator[Post]:
    """A service that sends webhooks, on each engine in turn."""
    opened = await Post(house, cursors).open()
    yield opened
    await opened.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    async with Receiver().listening() as listening:
        yield listening
