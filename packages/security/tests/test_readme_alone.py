"""Each part of the README runs with what its command installs, and without anything else that is installed here."""

import subprocess
import sys
from importlib.metadata import files, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from .readme import SECTIONS, Section

PROGRAM = Path(__file__).with_name("alone.py")


def installed_by(extra: str) -> set[str]:
    """Return the distributions that the package with an extra brings, with what those need in turn."""
    seen, waiting = set[tuple[str, str]](), [("colonnade-security", ""), ("colonnade-security", extra)]
    while waiting:
        each = name, wanted = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        needed = [Requirement(text) for text in requires(name) or ()]
        for one in needed:
            if one.marker is None or one.marker.evaluate({"extra": wanted}):
                waiting += [(one.name, more) for more in ("", *one.extras)]
    return {name for name, _ in seen}


def modules_of(extra: str) -> set[str]:
    """Return the top-level modules of those distributions."""
    return {path.parts[0].partition(".")[0] for name in installed_by(extra) for path in files(name) or ()} - {""}


def run(code: str, extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", str(PROGRAM), *sorted(modules_of(extra))]
    return subprocess.run(command, input=code, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_the_example_needs_no_more_than_its_extra(section: Section) -> None:
    """Neither the test tools, nor other extras, nor another package of ours."""
    (example,), (extra,) = section.examples, section.extras

    ended = run(example, extra)

    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("module", ["pytest", "nh3", "jwt", "colonnade.testing", "colonnade.application"])
def test_what_a_part_does_not_bring_cannot_be_imported(module: str) -> None:
    """So the tests above can fail."""
    ended = run(f"import {module}", "passwords")

    assert f"{module} does not belong to this part" in ended.stderr
    assert ended.returncode != 0


def test_a_part_without_its_extra_says_what_to_install() -> None:
    ended = run("import colonnade.security.tokens", "passwords")

    assert "pip install 'colonnade-security[tokens]'" in ended.stderr
