"""Projects: keys, names, and the archive."""

from datetime import datetime, timedelta

import pytest

from colonnade.core import Conflict, Invalid, UserId, new_id
from colonnade.domain.projects import (
    DEFAULT_WORKFLOW,
    Project,
    ProjectArchived,
    ProjectArchivedError,
    ProjectCreated,
    ProjectId,
    ProjectKey,
    ProjectLeadChanged,
    ProjectName,
    ProjectRenamed,
    ProjectRestored,
)
from colonnade.domain.workspaces import Workspace


def test_a_project_starts_with_the_usual_workflow(workspace: Workspace, now: datetime) -> None:
    """And the event says how it started."""
    project_id = new_id(ProjectId)
    project = Project.create(
        project_id, workspace_id=workspace.id, key=ProjectKey("WEB"), name=ProjectName("Relaunch"), at=now
    )

    assert project.workflow is DEFAULT_WORKFLOW
    assert project.archived_at is None
    assert project.recorded_events == (
        ProjectCreated(
            workspace_id=workspace.id, project_id=project_id, key="WEB", name="Relaunch", workflow=DEFAULT_WORKFLOW
        ),
    )


@pytest.mark.parametrize("key", ["WE", "WEB", "W1", "ABCDEFGHIJ"])
def test_a_key_is_accepted(key: str) -> None:
    """Two to ten capital letters and digits, a letter first."""
    assert ProjectKey(key) == key


@pytest.mark.parametrize("key", ["", "W", "web", "1WEB", "WEB-1", "ABCDEFGHIJK", "ÄB", "W B"])
def test_what_is_no_key_is_refused(key: str) -> None:
    """Task keys are typed and spoken, so they stay simple."""
    with pytest.raises(Invalid):
        ProjectKey(key)


def test_a_project_is_renamed_and_keeps_its_key(project: Project) -> None:
    """The same name again changes nothing."""
    project.rename(ProjectName("Second relaunch"))
    project.rename(ProjectName("Second relaunch"))

    assert (project.key, project.name) == ("WEB", "Second relaunch")
    assert project.recorded_events == (
        ProjectRenamed(workspace_id=project.workspace_id, project_id=project.id, name="Second relaunch"),
    )


def test_an_archived_project_is_not_worked_on(project: Project, now: datetime) -> None:
    """The refusal says what to do first."""
    project.archive(at=now)

    with pytest.raises(ProjectArchivedError, match="restore it first") as refused:
        project.rename(ProjectName("Second relaunch"))
    with pytest.raises(ProjectArchivedError):
        project.require_open()
    assert isinstance(refused.value, Conflict)
    assert refused.value.facts == {"key": "WEB"}
    assert project.name == "Relaunch"


def test_archiving_twice_is_archiving_once(project: Project, now: datetime) -> None:
    """The first moment stays."""
    project.archive(at=now)
    project.archive(at=now + timedelta(days=1))

    assert project.archived_at == now
    assert project.recorded_events == (ProjectArchived(workspace_id=project.workspace_id, project_id=project.id),)


def test_a_restored_project_is_worked_on_again(project: Project, now: datetime) -> None:
    """Restoring one that is not archived changes nothing."""
    project.restore()
    project.archive(at=now)
    project.restore()
    project.restore()
    project.require_open()

    assert [type(event) for event in project.recorded_events] == [ProjectArchived, ProjectRestored]


def test_somebody_leads_a_project_and_then_nobody(project: Project, ada: UserId, now: datetime) -> None:
    """An archived one, too, since people come and go meanwhile; the same lead again changes nothing."""
    project.archive(at=now)
    project.release_events()
    assert project.lead_id is None

    for lead in (None, ada, ada, None):
        project.be_led_by(lead)
        assert project.lead_id == lead

    of_project = {"workspace_id": project.workspace_id, "project_id": project.id}
    assert project.recorded_events == (
        ProjectLeadChanged(**of_project, lead_id=ada),
        ProjectLeadChanged(**of_project, lead_id=None),
    )
