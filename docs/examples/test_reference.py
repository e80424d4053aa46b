"""The reference pages say what the code says."""

from pathlib import Path

import pytest

from .generate import pages

PAGES = pages()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_generated_page_is_in_step(path: Path) -> None:
    """If not: python docs/examples/generate.py."""
    assert path.read_text(encoding="utf-8") == PAGES[path]


def test_every_public_module_of_the_tree_has_a_page() -> None:
    """A package that is new in the workspace needs a page as well."""
    packages = {folder.name for folder in (Path(__file__).parents[2] / "packages").iterdir() if folder.is_dir()}

    assert packages == {path.stem for path in PAGES if path.parent.name == "python"}
