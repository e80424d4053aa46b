"""The changelog, built from the fragments in `docs/changes` by towncrier."""

import subprocess
import sys
from pathlib import Path

from colonnade_workspace.errors import WorkspaceError


def build_changelog(root: Path, version: str, *, draft: bool = False) -> str:
    """Move the fragments into `CHANGELOG.md`; a draft only returns the text that would be added.

    Raises:
        WorkspaceError: towncrier refuses; its own reason is passed on.
    """
    # In a process of its own: towncrier reads its configuration from the working directory.
    command = [sys.executable, "-m", "towncrier", "build", "--version", version, "--draft" if draft else "--yes"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments # nosec B603
    if result.returncode:
        reason = (result.stderr or result.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise WorkspaceError(f"towncrier could not build the changelog: {reason[0]}")
    return result.stdout
