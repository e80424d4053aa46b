"""What the end of a process means for a command."""

from datetime import UTC, datetime
from uuid import UUID

import click
import pytest

from colonnade.application.operations import ProcessDetail
from colonnade.application.processes import ProcessId, Status
from colonnade.client.following import has_ended, require_success

MOMENT = datetime(2031, 2, 3, tzinfo=UTC)


def process(status: Status) -> ProcessDetail:
    """A process that stands so."""
    return ProcessDetail(
        id=ProcessId(UUID(int=1)),
        name="workspaces.offboarding",
        definition=1,
        key="x",
        tenant=None,
        started_by=None,
        status=status,
        step=None,
        error="hand_over_tasks: the heir has left",
        started_at=MOMENT,
        updated_at=MOMENT,
        ended_at=None,
        facts={},
        done=(),
        history=(),
    )


@pytest.mark.parametrize("status", [Status.UNDONE, Status.STUCK])
def test_a_process_that_did_not_do_its_work_ends_a_command_with_exit_code_1(status: Status) -> None:
    """The sentence says why."""
    with pytest.raises(click.ClickException, match="the heir has left") as caught:
        require_success(process(status))
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("status", [Status.RUNNING, Status.COMPLETED])
def test_a_process_that_does_its_work_is_no_failure(status: Status) -> None:
    """Nor one that did it."""
    require_success(process(status))


def test_a_stuck_process_is_not_waited_for() -> None:
    """It does nothing more until an operator looks after it; one that is being undone does."""
    assert {status for status in Status if has_ended(process(status))} == {
        Status.COMPLETED,
        Status.UNDONE,
        Status.STUCK,
    }
