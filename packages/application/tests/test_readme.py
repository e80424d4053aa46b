"""The README's examples run as they stand."""

import re
from pathlib import Path

import pytest

EXAMPLES = re.findall(
    r"^```python\n(.*?)^```$", (Path(__file__).parents[1] / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_runs(example: str) -> None:
    """Each block, in a namespace of its own, keeps what it asserts."""
    exec(compile(example, "README.md", "exec"), {"__name__": "__main__"})


def test_there_is_an_example() -> None:
    """A README without one has nothing to prove."""
    assert EXAMPLES
