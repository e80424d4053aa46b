"""Look after processes: where each is, what it did, and what to do about one that is stuck."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from colonnade.application.messaging import Command, Handlers, Query
from colonnade.application.messaging.context import Context
from colonnade.application.operations.access import OperationsPermission
from colonnade.application.operations.acts import OperatorAct, OperatorActs
from colonnade.application.processes import ProcessEngine, ProcessId, Status
from colonnade.application.views import View
from colonnade.core import Page, UserId

handlers = Handlers()


class ProcessView(View):
    """A process."""

    id: ProcessId
    name: str
    definition: int
    key: str
    tenant: UUID | None
    started_by: UserId | None
    status: Status
    step: str | None
    error: str | None
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None


class HistoryEntry(View):
    """Something that happened to a process, in a sentence."""

    at: datetime
    what: str


class ProcessDetail(ProcessView):
    """A process, with what it knows and its history."""

    facts: dict[str, Any]  # JSON values
    done: tuple[str, ...]
    history: tuple[HistoryEntry, ...]


class ListProcesses(Query[Page[ProcessView]], name="operations.list_processes", requires=OperationsPermission.READ):
    """List processes, the newest first."""

    status: Status | None = None
    name: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class GetProcess(Query[ProcessDetail], name="operations.get_process", requires=OperationsPermission.READ):
    """Show a process with its history."""

    process_id: ProcessId


class RetryProcess(Command[None], name="operations.retry_process", requires=OperationsPermission.MANAGE):
    """Try again to undo the step that a process is stuck at."""

    process_id: ProcessId


class CancelProcess(Command[None], name="operations.cancel_process", requires=OperationsPermission.MANAGE):
    """Undo what a running process has done."""

    process_id: ProcessId


@handlers.handles(RetryProcess)
async def retry_process(command: RetryProcess, engine: ProcessEngine, acts: OperatorActs, context: Context) -> None:
    """Let the process go on."""
    await engine.retry(command.process_id, by=_who(context))
    acts.note(OperatorAct.of(command.wire_name, str(command.process_id)))


@handlers.handles(CancelProcess)
async def cancel_process(command: CancelProcess, engine: ProcessEngine, acts: OperatorActs, context: Context) -> None:
    """Let the process go back."""
    await engine.cancel(command.process_id, by=_who(context))
    acts.note(OperatorAct.of(command.wire_name, str(command.process_id)))


def _who(context: Context) -> UserId | None:
    return None if context.caller is None else context.caller.user_id
