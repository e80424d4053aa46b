"""The project: a body of work with a key, from which its tasks take their numbers (`WEB-12`)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType, Self
from uuid import UUID

from colonnade.core import AggregateRoot, AlreadyExists, Conflict, TextValue, UserId
from colonnade.domain.projects.events import (
    ProjectArchived,
    ProjectCreated,
    ProjectLeadChanged,
    ProjectMadePrivate,
    ProjectOpened,
    ProjectRenamed,
    ProjectRestored,
    ProjectShared,
    ProjectUnshared,
)
from colonnade.domain.projects.workflow import DEFAULT_WORKFLOW, Workflow
from colonnade.domain.workspaces import WorkspaceId

ProjectId = NewType("ProjectId", UUID)


class ProjectKey(TextValue):
    """The short name in front of task numbers: 2 to 10 capital letters and digits, a letter first."""

    __slots__ = ()
    min_length = 2
    max_length = 10
    pattern = r"[A-Z][A-Z0-9]{1,9}"
    pattern_hint = "must be 2 to 10 capital letters and digits, a letter first, such as WEB"
    example = "WEB"


class ProjectName(TextValue):
    """What a project is called."""

    __slots__ = ()
    example = "Website relaunch"


class KeyTaken(AlreadyExists):
    """Another project of the workspace has this key."""

    code = "projects.key_taken"


class ProjectArchivedError(Conflict):
    """The project is archived: it takes no new tasks, and its tasks stay where they are."""

    code = "projects.archived"


@dataclass(eq=False, kw_only=True)
class Project(AggregateRoot[ProjectId]):
    """A body of work in a workspace.

    Attributes:
        lead_id: Who leads it, if anybody does.
        private: Whether only those see it with whom it is shared, and whoever sees every project.
        members: With whom it is shared.
    """

    stream_kind: ClassVar[str] = "project"

    workspace_id: WorkspaceId
    key: ProjectKey
    name: ProjectName
    workflow: Workflow
    created_at: datetime
    archived_at: datetime | None = None
    lead_id: UserId | None = None
    private: bool = False
    members: frozenset[UserId] = frozenset()

    @classmethod
    def create(
        cls,
        project_id: ProjectId,
        *,
        workspace_id: WorkspaceId,
        key: ProjectKey,
        name: ProjectName,
        at: datetime,
        workflow: Workflow = DEFAULT_WORKFLOW,
    ) -> Self:
        """Open a project."""
        project = cls(id=project_id, workspace_id=workspace_id, key=key, name=name, workflow=workflow, created_at=at)
        project.record(
            ProjectCreated(workspace_id=workspace_id, project_id=project_id, key=key, name=name, workflow=workflow)
        )
        return project

    def rename(self, name: ProjectName) -> None:
        """Give the project another name.

        Raises:
            ProjectArchivedError: It is archived.
        """
        self.require_open()
        if name != self.name:
            self.name = name
            self.record(ProjectRenamed(workspace_id=self.workspace_id, project_id=self.id, name=name))

    def be_led_by(self, lead_id: UserId | None) -> None:
        """Let somebody lead the project, archived or not, or nobody."""
        if lead_id != self.lead_id:
            self.lead_id = lead_id
            self.record(ProjectLeadChanged(workspace_id=self.workspace_id, project_id=self.id, lead_id=lead_id))

    def archive(self, *, at: datetime) -> None:
        """Put the project away; a second time changes nothing."""
        if self.archived_at is None:
            self.archived_at = at
            self.record(ProjectArchived(workspace_id=self.workspace_id, project_id=self.id))

    def restore(self) -> None:
        """Work on the project again; a second time changes nothing."""
        if self.archived_at is not None:
            self.archived_at = None
            self.record(ProjectRestored(workspace_id=self.workspace_id, project_id=self.id))

    def make_private(self, *, by: UserId) -> None:
        """Show the project only to those with whom it is shared, whoever does this among them."""
        if not self.private:
            self.private = True
            self.record(ProjectMadePrivate(workspace_id=self.workspace_id, project_id=self.id))
            self.share(by)

    def open_up(self) -> None:
        """Show the project to every member of the workspace."""
        if self.private:
            self.private = False
            self.record(ProjectOpened(workspace_id=self.workspace_id, project_id=self.id))

    def share(self, user_id: UserId) -> None:
        """Show the project to somebody; a second time changes nothing."""
        if user_id not in self.members:
            self.members |= {user_id}
            self.record(ProjectShared(workspace_id=self.workspace_id, project_id=self.id, user_id=user_id))

    def unshare(self, user_id: UserId) -> None:
        """Share the project with somebody no longer; a second time changes nothing."""
        if user_id in self.members:
            self.members -= {user_id}
            self.record(ProjectUnshared(workspace_id=self.workspace_id, project_id=self.id, user_id=user_id))

    def require_open(self) -> None:
        """Check that the project is worked on.

        Raises:
            ProjectArchivedError: It is archived.
        """
        if self.archived_at is not None:
            raise ProjectArchivedError("the project is archived: restore it first", key=self.key)
