"""What the tests of accounts share."""

import pytest

from .desk import Desk


@pytest.fixture
async def desk() -> Desk:
    """A service that confirms addresses."""
    return await Desk().open()
