"""Write the golden files of new events of the generic machinery; those that are there stay as they are.

python packages/application/tests/golden/write.py [folder]
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from colonnade.application import audit, operations, processes
from colonnade.core import DomainEvent
from colonnade.testing.golden import write_missing

FACTS: dict[str, object] = {
    "process_id": UUID("01890a5d-ac96-7000-8000-000000000001"),
    "job_id": UUID("01890a5d-ac96-7000-8000-000000000002"),
    "tenant": UUID("01890a5d-ac96-7000-8000-000000000003"),
    "started_by": UUID("01890a5d-ac96-7000-8000-000000000004"),
    "by": UUID("01890a5d-ac96-7000-8000-000000000005"),
    "act_id": UUID("01890a5d-ac96-7000-8000-000000000006"),
    "name": "workspaces.offboarding",
    "key": "zoë",
    "step": "hand_over_tasks",
    "message": "workspaces.hand_over_tasks",
    "error": "nobody is there\nto take over",
    "events": ("tasks.task_assigned", "tasks.task_completed"),
    "until": datetime(2026, 4, 1, 12, 30, 15, 250000, tzinfo=UTC),
    "because": "tasks.task_assigned",
    "definition": 2,
    "status": "completed",
    "act": "operations.limit_queue",
    "subject": "mail",
    "detail": "3",
    "note_id": UUID("01890a5d-ac96-7000-8000-000000000007"),
    "code": "forbidden",
    "workspace_id": UUID("01890a5d-ac96-7000-8000-000000000008"),
    "ids": {"task_id": UUID("01890a5d-ac96-7000-8000-000000000009")},
}
"""A value for each field name: an event with a new field needs one here."""


def sample(kind: type[DomainEvent]) -> DomainEvent:
    """Return the same event of a kind each time.

    Raises:
        KeyError: It has a field that `FACTS` has no value for.
    """
    return kind.model_validate({name: FACTS[name] for name in kind.model_fields})


def main() -> None:
    """Say which files were written; end with an error if one that is there would have to change."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    try:
        written = write_missing((*processes.EVENTS, *operations.EVENTS, *audit.EVENTS), sample, folder)
    except FileExistsError as error:
        sys.exit(str(error))
    print("\n".join(str(file.relative_to(folder)) for file in written) or "every event has its golden files")


if __name__ == "__main__":
    main()
