"""The README shows each part by itself: in ten lines that run as they stand, below the command that installs it."""

import ast
import inspect
import io
import pkgutil
import tokenize
import tomllib
from pathlib import Path

import pytest

from colonnade import security

from .readme import README, SECTIONS, Section

MAX_LINES, MAX_WIDTH = 10, 120

each_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)


class RefusalsHappen(ast.NodeTransformer):
    """Lets an example fail if what it shows to be refused is not."""

    def visit_Try(self, node: ast.Try) -> ast.Try:
        node.orelse = ast.parse("raise AssertionError('nothing was refused')").body
        return node


@each_section
async def test_the_example_runs(section: Section) -> None:
    """In a namespace of its own it keeps what it asserts and refuses what it tries; it may await at its top level."""
    tree = ast.fix_missing_locations(RefusalsHappen().visit(ast.parse(section.examples[0])))
    code = compile(tree, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running = eval(code, {"__name__": "__main__"})
    if inspect.isawaitable(running):
        await running


@each_section
def test_a_part_has_one_example_and_one_command_that_installs_it(section: Section) -> None:
    """So whoever reads a section knows what its example needs."""
    assert (len(section.extras), len(section.examples)) == (1, 1)


@each_section
def test_an_example_has_ten_lines_at_most(section: Section) -> None:
    """Imports and assertions count, blank lines do not; lines are of one statement and of the usual width."""
    (example,) = section.examples
    lines = [line for line in example.splitlines() if line.strip()]

    assert len(lines) <= MAX_LINES
    assert max(map(len, lines)) <= MAX_WIDTH
    assert ";" not in {token.string for token in tokenize.generate_tokens(io.StringIO(example).readline)}


def test_every_block_of_code_is_a_part_s() -> None:
    """None stands where the tests above would overlook it."""
    assert README.count("\n```python\n") == sum(len(section.examples) for section in SECTIONS) > 0


def test_every_extra_has_its_section() -> None:
    """Those of the package, and no others."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]

    assert {extra for section in SECTIONS for extra in section.extras} - {""} == set(project["optional-dependencies"])


@pytest.mark.parametrize("module", sorted(module.name for module in pkgutil.iter_modules(security.__path__)))
def test_every_module_is_named(module: str) -> None:
    """Each is imported by an example or spoken of."""
    assert f"colonnade.security.{module} " in README or f"[`{module}`](src/" in README


def test_a_module_s_page_is_where_the_link_leads() -> None:
    """Links into the source do not dangle."""
    package = Path(__file__).parents[1]
    linked = [part.partition(")")[0] for part in README.split("](src/")[1:]]

    assert linked
    assert [path for path in linked if not (package / "src" / path).is_file()] == []
