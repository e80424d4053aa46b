"""Versions, the changelog, and what a built distribution must look like."""

from colonnade_workspace.release.bump import Change, bump, next_version
from colonnade_workspace.release.changelog import build_changelog
from colonnade_workspace.release.wheels import check_wheels, public_modules

__all__ = ["Change", "build_changelog", "bump", "check_wheels", "next_version", "public_modules"]
