"""From files to a `Workspace`."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from colonnade_workspace.errors import WorkspaceError
from colonnade_workspace.model import Dependency, Member, Section, Workspace

Toml: TypeAlias = dict[str, Any]  # a TOML document holds any of its types at any depth


def find_root(start: Path) -> Path:
    """Walk up to the folder whose `pyproject.toml` has `[tool.uv.workspace]`.

    Raises:
        WorkspaceError: No such folder above `start`.
    """
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file() and "workspace" in _load(file).get("tool", {}).get("uv", {}):
            return folder
    raise WorkspaceError(f"No uv workspace at {start} or above it: pass --root.")


def read_workspace(root: Path) -> Workspace:
    """Read the root and each member's `pyproject.toml`.

    Raises:
        WorkspaceError: A file is missing, is not TOML, or lacks a name or a version.
    """
    root = root.resolve()
    document = _load(root / "pyproject.toml")
    patterns = document.get("tool", {}).get("uv", {}).get("workspace", {}).get("members", [])
    folders = sorted({file.parent for pattern in patterns for file in root.glob(f"{pattern}/pyproject.toml")})
    if not folders:
        raise WorkspaceError(f"{root / 'pyproject.toml'} lists no members under [tool.uv.workspace].")
    members = sorted((_read_member(folder) for folder in folders), key=lambda member: member.name)
    return Workspace(root, _project(document, root)["version"], {member.name: member for member in members})


def _read_member(folder: Path) -> Member:
    file = folder / "pyproject.toml"
    document = _load(file)
    project = _project(document, folder)
    lines = file.read_text(encoding="utf-8").splitlines()
    loaded_by_name = document.get("tool", {}).get("colonnade", {}).get("loaded-by-name", [])
    return Member(
        name=canonicalize_name(project["name"]),
        version=project["version"],
        folder=folder,
        dependencies=tuple(_dependencies(document, lines, file)),
        packages=dict(_packages(folder / "src")),
        loaded_by_name=frozenset(canonicalize_name(name) for name in loaded_by_name),
    )


def _dependencies(document: Toml, lines: list[str], file: Path) -> Iterator[Dependency]:
    project = document["project"]
    blocks = [
        (Section.BASE, "", project.get("dependencies", [])),
        *((Section.EXTRA, label, items) for label, items in project.get("optional-dependencies", {}).items()),
        *((Section.GROUP, label, items) for label, items in document.get("dependency-groups", {}).items()),
    ]
    for section, label, items in blocks:
        for text in items:
            if isinstance(text, str):
                line = _line_of(lines, label or section.value, text)
                yield Dependency(_parse(text, file, line), section, label, line)


def _parse(text: str, file: Path, line: int) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise WorkspaceError(f"{file}:{line}: {text!r} is not a requirement.") from error


def _line_of(lines: list[str], key: str, text: str) -> int:
    """The line of a quoted text at or after the line that starts its array."""
    started = False
    for number, line in enumerate(lines, start=1):
        started = started or line.split("=")[0].strip().strip('"') == key
        if started and (f'"{text}"' in line or f"'{text}'" in line):
            return number
    return 1


def _packages(source: Path) -> Iterator[tuple[str, Path]]:
    """Import prefixes under `src`: a regular package, or each portion of a namespace (PEP 420)."""
    for folder in sorted(path for path in source.glob("*") if path.is_dir()):
        if (folder / "__init__.py").exists() or (folder / "py.typed").exists():
            yield folder.name, folder
        else:
            portions = sorted(path for path in folder.iterdir() if path.is_dir() and path.name.isidentifier())
            yield from ((f"{folder.name}.{portion.name}", portion) for portion in portions if portion.name[0] != "_")


def _project(document: Toml, folder: Path) -> Toml:
    project: Toml = document.get("project", {})
    for key in ("name", "version"):
        if not isinstance(project.get(key), str):
            raise WorkspaceError(f"{folder / 'pyproject.toml'} has no {key} under [project].")
    return project


def _load(file: Path) -> Toml:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WorkspaceError(f"{file} does not exist.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{file} is not TOML: {error}.") from error
