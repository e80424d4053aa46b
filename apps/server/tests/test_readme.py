"""The README's examples run as they stand."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from colonnade.server.cli import main

EXAMPLES = re.findall(
    r"^```python\n(.*?)^```$", (Path(__file__).parents[1] / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)


@pytest.mark.parametrize("example", EXAMPLES)
async def test_the_example_runs(example: str) -> None:
    """Each block, in a namespace of its own, keeps what it asserts; it may await at its top level."""
    code = compile(example, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running = eval(code, {"__name__": "__main__"})
    if inspect.isawaitable(running):
        await running


def test_every_command_is_named() -> None:
    """Nobody has to find one in the help alone."""
    text = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    named = {words.removeprefix("colonnade-server ").split()[0] for words in re.findall(r"`([^`\n]+)`", text)}
    named |= set(re.findall(r"^    colonnade-server (\S+)$", text, re.MULTILINE))
    assert set(main.commands) <= named


def test_there_is_an_example() -> None:
    """A README without one has nothing to prove."""
    assert EXAMPLES
