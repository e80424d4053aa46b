"""One version for all members, and the sibling ranges that go with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from tomlkit.items import Array

from colonnade_workspace.checks.ranges import compatible_range
from colonnade_workspace.errors import WorkspaceError
from colonnade_workspace.model import Workspace

PARTS = ("major", "minor", "patch")


@dataclass(frozen=True, slots=True)
class Change:
    """One file and its text after the bump."""

    path: Path
    text: str


def next_version(current: str, wanted: str) -> str:
    """The version that `major`, `minor`, `patch` or an explicit `X.Y.Z` stands for.

    Raises:
        WorkspaceError: It is none of these, or it does not lie after the current version.
    """
    now = Version(current)
    if wanted in PARTS:
        release = [now.major, now.minor, now.micro]
        index = PARTS.index(wanted)
        return ".".join(str(number) for number in [*release[:index], release[index] + 1, 0, 0][:3])
    try:
        version = Version(wanted)
    except InvalidVersion as error:
        raise WorkspaceError(f"{wanted!r} is neither major, minor, patch nor a version such as 1.2.3.") from error
    if version < now:
        raise WorkspaceError(f"{version} lies before {current}: a version is published once and only goes up.")
    return str(version)


def bump(workspace: Workspace, version: str) -> Iterator[Change]:
    """The `pyproject.toml` files that a version changes, formatting and comments kept; nothing is written."""
    for path in [workspace.root / "pyproject.toml", *(member.pyproject for member in workspace.members.values())]:
        before = path.read_text(encoding="utf-8")
        document = tomlkit.parse(before)
        project = document["project"]
        project["version"] = version
        for array in _arrays(document.unwrap()):
            _move_ranges(_at(document, array), workspace, compatible_range(version))
        after = tomlkit.dumps(document)
        if after != before:
            yield Change(path, after)


def _arrays(document: dict[str, dict[str, object]]) -> Iterator[tuple[str, ...]]:
    """The keys that lead to each array of requirements."""
    project = document["project"]
    if "dependencies" in project:
        yield ("project", "dependencies")
    extras = project.get("optional-dependencies", {})
    if isinstance(extras, dict):
        yield from (("project", "optional-dependencies", extra) for extra in extras)
    yield from (("dependency-groups", group) for group in document.get("dependency-groups", {}))


def _at(document: tomlkit.TOMLDocument, keys: tuple[str, ...]) -> Array:
    found: object = document
    for key in keys:
        found = found[key]  # type: ignore[index]  # the keys come from this very document
    if not isinstance(found, Array):
        raise WorkspaceError(f"{'.'.join(keys)} is not an array of requirements.")
    return found


def _move_ranges(array: Array, workspace: Workspace, wanted: str) -> None:
    for index, text in enumerate(list(array)):
        if isinstance(text, str):
            requirement = Requirement(text)
            if canonicalize_name(requirement.name) in workspace.members and requirement.specifier:
                array[index] = _with_range(requirement, wanted, text)


def _with_range(requirement: Requirement, wanted: str, text: str) -> str:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    _, semicolon, marker = text.partition(";")
    return f"{requirement.name}{extras}{wanted}{semicolon}{marker}"
