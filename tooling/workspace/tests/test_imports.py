"""Finding imports in source."""

import pytest

from colonnade_workspace import WorkspaceError
from colonnade_workspace.imports import imports_in
from colonnade_workspace.installed import InstalledModules

SOURCE = """
import json, os.path
from typing import TYPE_CHECKING
from . import sibling
from .sibling import thing
if TYPE_CHECKING:
    import click.testing
def late():
    from packaging import version, markers
    import importlib
    return importlib.import_module("tomlkit.items")
"""


def test_every_absolute_import_is_found(tmp_path):
    """Imports in functions, under TYPE_CHECKING and by a literal name count; relative ones do not."""
    (tmp_path / "module.py").write_text(SOURCE)
    found = {(each.module, each.line) for each in imports_in(tmp_path / "module.py")}
    assert found == {
        ("json", 2),
        ("os.path", 2),
        ("typing.TYPE_CHECKING", 3),
        ("click.testing", 7),
        ("packaging.version", 9),
        ("packaging.markers", 9),
        ("importlib", 10),
        ("tomlkit.items", 11),
    }


def test_a_file_that_is_not_python_is_named(tmp_path):
    """A syntax error stops the check with the file's name."""
    (tmp_path / "broken.py").write_text("def")
    with pytest.raises(WorkspaceError, match=r"broken\.py is not Python"):
        imports_in(tmp_path / "broken.py")


def test_a_module_leads_to_the_distribution_that_ships_it():
    """Import names and distribution names differ; unknown modules have no provider."""
    installed = InstalledModules()
    assert installed.providers("xdist.plugin") == {"pytest-xdist"}
    assert installed.providers("no_such_module_anywhere") == frozenset()


def test_a_shared_top_level_name_is_told_apart_by_its_files():
    """`_pytest` and `pytest` come from one distribution even where others add files to a shared folder."""
    assert InstalledModules().providers("pytest.fixture") == {"pytest"}
