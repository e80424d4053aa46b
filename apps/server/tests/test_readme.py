"""The README's examples run as they stand."""

import ast
import inspect
import re
from pathlib import Path

import pytest

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


def test_there_is_an_example() -> None:
    """A README without one has nothing to prove."""
    assert EXAMPLES
