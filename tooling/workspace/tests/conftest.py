"""Small workspaces on disk."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from colonnade_workspace import Workspace, read_workspace

ROOT = """\
[project]
name = "acme"
version = "{version}"

[tool.uv.workspace]
members = ["packages/*"]

[dependency-groups]
dev = ["acme-core", "ruff>=0.1"]
"""


class FakeWorkspace:
    """Writes the files of a workspace whose namespace is `acme`."""

    def __init__(self, root: Path, version: str = "0.1.0") -> None:
        self.root = root
        (root / "pyproject.toml").write_text(ROOT.format(version=version))

    def member(
        self,
        name: str,
        requires: Sequence[str] = (),
        *,
        extras: Mapping[str, Sequence[str]] | None = None,
        group: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
        version: str = "0.1.0",
        loaded_by_name: Sequence[str] = (),
    ) -> Path:
        """Add `acme-<name>`, whose package is `acme.<name>`; file names are relative to that package."""
        folder = self.root / "packages" / name
        package = folder / "src" / "acme" / name
        package.mkdir(parents=True)
        for file, text in {"__init__.py": "", **(files or {})}.items():
            (package / file).parent.mkdir(parents=True, exist_ok=True)
            (package / file).write_text(text)
        lines = [
            "[project]",
            f'name = "acme-{name}"',
            f'version = "{version}"  # in step',
            _array("dependencies", requires),
        ]
        lines += [
            "",
            "[project.optional-dependencies]",
            *(_array(extra, asked) for extra, asked in (extras or {}).items()),
        ]
        lines += ["", "[dependency-groups]", _array("test", group)]
        lines += ["", "[tool.colonnade]", _array("loaded-by-name", loaded_by_name)]
        (folder / "pyproject.toml").write_text("\n".join([*lines, ""]))
        return folder

    def read(self) -> Workspace:
        """The workspace as the tool sees it."""
        return read_workspace(self.root)


def _array(key: str, items: Sequence[str]) -> str:
    return "\n".join([f"{key} = [", *(f'  "{item}",' for item in items), "]"])


@pytest.fixture
def fake(tmp_path: Path) -> FakeWorkspace:
    return FakeWorkspace(tmp_path)


@pytest.fixture
def make_fake(tmp_path: Path) -> Callable[[str], FakeWorkspace]:
    """A workspace of a given version."""
    return lambda version: FakeWorkspace(tmp_path, version)
