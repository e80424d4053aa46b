"""The README's parts: what installs each, and how it is shown."""

import re
from pathlib import Path
from typing import NamedTuple

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")

_SECTION = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
_INSTALLED = re.compile(r"^    pip install (?:colonnade-security|'colonnade-security\[(\w+)\]')$", re.MULTILINE)
_EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Section(NamedTuple):
    """A section about a part.

    Attributes:
        title: What it is called.
        extras: The extra that each of its commands installs; empty for the package without any.
        examples: Its blocks of code.
    """

    title: str
    extras: list[str]
    examples: list[str]


def sections() -> list[Section]:
    """Return the sections that show or install anything."""
    _, *parts = _SECTION.split(README)
    found = [
        Section(title, _INSTALLED.findall(text), _EXAMPLE.findall(text))
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    ]
    return [section for section in found if section.extras or section.examples]


SECTIONS = sections()
