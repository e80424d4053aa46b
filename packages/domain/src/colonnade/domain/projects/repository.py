"""Where projects are kept."""

from typing import Protocol

from colonnade.core import Repository
from colonnade.domain.projects.project import Project, ProjectId


class ProjectRepository(Repository[Project, ProjectId], Protocol):
    """The projects of a workspace."""

    async def take_numbers(self, project_id: ProjectId, count: int = 1, /) -> tuple[Project, range]:
        """Reserve the next task numbers of a project for this unit of work.

        Others wait until it ends, and if it fails the numbers are free again: there are neither gaps nor duplicates.

        Returns:
            The project, and the numbers.

        Raises:
            NotFound: There is no such project in the workspace.
        """
        ...
