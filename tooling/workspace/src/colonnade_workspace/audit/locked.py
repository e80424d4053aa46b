"""What the lock file holds: every third-party package, for every platform, extra and group."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colonnade_workspace.errors import WorkspaceError


@dataclass(frozen=True, slots=True)
class Locked:
    """One package in the lock file.

    Attributes:
        name: Normalised.
        version: The one that is locked; a name can be locked twice, for different platforms.
        line: Where `uv.lock` says so, from 1.
        indexed: It comes from a package index, so that advisories can name it.
    """

    name: str
    version: str
    line: int
    indexed: bool


def read_lock(root: Path) -> list[Locked]:
    """List what is locked, without the workspace's own members.

    Raises:
        WorkspaceError: There is no `uv.lock`, or it cannot be read.
    """
    text = _read(root / "uv.lock")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line == "[[package]]"]
    packages = tomllib.loads(text).get("package", [])
    return [
        Locked(package["name"], package.get("version", ""), line, indexed="registry" in package["source"])
        for line, package in zip(lines, packages, strict=True)
        if not _is_ours(package)
    ]


def accepted(root: Path) -> dict[str, str]:
    """Return the vulnerabilities that the root's `[tool.colonnade.audit.accepted]` lives with: id to reason."""
    document = tomllib.loads(_read(root / "pyproject.toml"))
    audit: dict[str, dict[str, str]] = document.get("tool", {}).get("colonnade", {}).get("audit", {})
    return audit.get("accepted", {})


def _is_ours(package: dict[str, Any]) -> bool:  # a TOML table holds any of its types
    return bool({"virtual", "editable"} & package["source"].keys())


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"{file} cannot be read: {error.strerror}.") from error
