"""Where workspaces are kept."""

from typing import Protocol

from colonnade.core import Repository
from colonnade.domain.workspaces.workspace import Workspace, WorkspaceId


class WorkspaceRepository(Repository[Workspace, WorkspaceId], Protocol):
    """All workspaces, with their members."""
