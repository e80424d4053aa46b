"""The map of OWASP ASVS 5.0 lists every requirement once, and what it names as proof exists."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from colonnade_workspace.asvs import STATES, read_map

ROOT = Path(__file__).parents[2]
MAP = ROOT / "docs" / "security" / "asvs.md"
REQUIREMENTS = Path(__file__).with_name("asvs-5.0.0.txt")

PAGE = re.compile(r"\[[^\]]+\]\((?P<path>[^)#:]+)(?:#[^)]*)?\)")


def _required() -> dict[str, str]:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))


@cache
def _names(path: str) -> frozenset[str]:
    """Functions of a file as pytest names them: `test_it`, `TestThem::test_it`."""

    def below(nodes: list[ast.stmt], prefix: str) -> list[str]:
        found = []
        for node in nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append(prefix + node.name)
            elif isinstance(node, ast.ClassDef):
                found += below(node.body, f"{prefix}{node.name}::")
        return found

    return frozenset(below(ast.parse((ROOT / path).read_text(encoding="utf-8")).body, ""))


def _fault(path: str, name: str) -> str | None:
    if not (ROOT / path).is_file():
        return f"there is no {path}"
    bare = name.partition("[")[0]
    if not bare.rpartition("::")[2].startswith("test_") or bare not in _names(path):
        return f"{path} has no test {name}"
    return None


def test_every_requirement_of_levels_1_and_2_is_listed_once_with_its_level() -> None:
    listed = Counter((row.id, row.level) for row in read_map(MAP))
    assert listed == Counter(_required().items())


def test_every_state_is_one_of_the_three_and_counted_at_the_top() -> None:
    counts = re.findall(r"^\| ([a-z ]+) \| (\d+) \|", MAP.read_text(encoding="utf-8"), re.MULTILINE)
    assert {state: int(count) for state, count in counts} == Counter(row.state for row in read_map(MAP))
    assert {state for state, _ in counts} == set(STATES)


def test_what_is_met_names_what_shows_it() -> None:
    bare = [row.id for row in read_map(MAP) if row.state == "met" and not row.tests]
    assert bare == []


def test_what_is_not_met_or_does_not_apply_says_why() -> None:
    silent = [
        row.id for row in read_map(MAP) if row.state in {"not met", "does not apply"} and not row.shown.endswith(".")
    ]
    assert silent == []


def test_every_test_that_is_named_exists() -> None:
    faults = {row.id: [fault for test in row.tests if (fault := _fault(*test.split("::", 1)))] for row in read_map(MAP)}
    assert {id_: missing for id_, missing in faults.items() if missing} == {}


def test_every_page_that_is_named_exists() -> None:
    named = [(row.id, path) for row in read_map(MAP) for path in PAGE.findall(row.shown)]
    assert [f"{id_}: {path}" for id_, path in named if not (MAP.parent / path).is_file()] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("docs/examples/test_asvs.py", "test_every_test_that_is_named_does_not_exist"),
        ("docs/examples/test_asvs.py", "_required"),
        ("docs/examples/test_asvs.py", "Requirement::test_it"),
        ("docs/examples/test_no_such.py", "test_it"),
    ],
)
def test_a_test_that_does_not_exist_is_noticed(path: str, name: str) -> None:
    assert _fault(path, name)


@pytest.mark.parametrize("name", ["test_a_test_that_exists_is_found", "test_a_test_that_exists_is_found[any case]"])
def test_a_test_that_exists_is_found(name: str) -> None:
    assert _fault("docs/examples/test_asvs.py", name) is None
