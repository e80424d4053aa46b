"""People, places and moments that the domain tests speak of."""

from datetime import UTC, datetime

import pytest
from hypothesis import settings

from colonnade.core import Slug, UserId, new_id
from colonnade.domain.projects import Project, ProjectId, ProjectKey, ProjectName
from colonnade.domain.workspaces import Workspace, WorkspaceId, WorkspaceName

settings.register_profile("unhurried", deadline=None)  # judged by what they find, not by how busy the machine is
settings.load_profile("unhurried")


@pytest.fixture
def now() -> datetime:
    """The moment at which things happen."""
    return datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def ada() -> UserId:
    """Somebody."""
    return new_id(UserId)


@pytest.fixture
def ben() -> UserId:
    """Somebody else."""
    return new_id(UserId)


@pytest.fixture
def workspace(ada: UserId, now: datetime) -> Workspace:
    """A workspace that Ada owns, with nothing recorded yet."""
    made = Workspace.create(
        new_id(WorkspaceId), name=WorkspaceName("Analytical Engines"), slug=Slug("engines"), owner=ada, at=now
    )
    made.release_events()
    return made


@pytest.fixture
def project(workspace: Workspace, now: datetime) -> Project:
    """A project with the usual workflow, with nothing recorded yet."""
    made = Project.create(
        new_id(ProjectId), workspace_id=workspace.id, key=ProjectKey("WEB"), name=ProjectName("Relaunch"), at=now
    )
    made.release_events()
    return made
