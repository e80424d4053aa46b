"""Where processes are kept."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from colonnade.application.processes import ProcessId, ProcessInstance, Status
from colonnade.core import UserId
from colonnade.infrastructure.database import AggregateTable, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.processes.tables import processes


def process_to_domain(row: Any, parts: Sequence[Any]) -> ProcessInstance:  # a row of the processes table
    """Rebuild a process."""
    return ProcessInstance(
        id=ProcessId(row.id),
        version=row.version,
        name=row.name,
        definition=row.definition,
        key=row.key,
        tenant=row.tenant,
        started_by=None if row.started_by is None else UserId(row.started_by),
        status=Status(row.status),
        step=row.step,
        turn=row.turn,
        facts=row.facts,
        done=row.done,
        heard=row.heard,
        error=row.error,
        started_at=row.started_at,
        updated_at=row.updated_at,
        ended_at=row.ended_at,
    )


def process_to_row(process: ProcessInstance) -> Values:
    """Return the row of a process."""
    return {
        "id": process.id,
        "version": process.version,
        "name": process.name,
        "definition": process.definition,
        "key": process.key,
        "tenant": process.tenant,
        "started_by": process.started_by,
        "status": process.status.value,
        "step": process.step,
        "turn": process.turn,
        "facts": dict(process.facts),
        "done": process.done,
        "heard": process.heard,
        "error": process.error,
        "started_at": process.started_at,
        "updated_at": process.updated_at,
        "ended_at": process.ended_at,
    }


PROCESSES = AggregateTable[ProcessInstance](
    processes, process_to_domain, process_to_row, missing="there is no such process"
)
_RUNNING = select(processes).where(
    processes.c.name == bindparam("of_name"), processes.c.key == bindparam("of_key"), processes.c.ended_at.is_(None)
)


class SqlProcessRepository(SqlRepository[ProcessInstance, ProcessId]):
    """All processes, those that have ended included."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, PROCESSES)

    async def running(self, name: str, key: str, /) -> ProcessInstance | None:
        """Return the process of a kind that runs for a key."""
        rows = await self._unit_of_work.fetch(_RUNNING, {"of_name": name, "of_key": key})
        return await self._adopt(rows[0]) if rows else None
