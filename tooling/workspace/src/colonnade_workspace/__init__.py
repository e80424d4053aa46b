"""Reads the Colonnade workspace: draws it, checks it, and moves its version."""

from colonnade_workspace.errors import WorkspaceError
from colonnade_workspace.model import Dependency, Member, Section, Workspace
from colonnade_workspace.reading import find_root, read_workspace

__all__ = ["Dependency", "Member", "Section", "Workspace", "WorkspaceError", "find_root", "read_workspace"]
