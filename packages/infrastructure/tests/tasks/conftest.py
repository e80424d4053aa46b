"""What the tests of tasks share."""

from typing import Any

import pytest

from colonnade.core import CursorCodec

from .board import Board


@pytest.fixture
async def board(house: Any, cursors: CursorCodec) -> Board:
    """A board with tasks on it."""
    board = Board(house, cursors)
    await board.fill()
    return board
