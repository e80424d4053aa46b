"""Workspace export: a process that writes a workspace into an archive and gives a link to it for a while."""

from datetime import datetime, timedelta
from typing import Any, NewType, Protocol
from uuid import UUID

from colonnade.application.messaging import INTERNAL, Caller, Command, Errand, Handlers
from colonnade.application.notifications.news import News
from colonnade.application.notifications.telling import Notifier
from colonnade.application.processes import Process, ProcessEngine, ProcessId, Step, Wait
from colonnade.application.views import View
from colonnade.core import Clock, UserId, new_id
from colonnade.domain.notifications import Kind
from colonnade.domain.workspaces import Permission, WorkspaceId

handlers = Handlers()

ExportId = NewType("ExportId", UUID)

LINK_DAYS = 7
"""How long the archive is kept, and the link to it good."""


class ExportPage(View):
    """A piece of a workspace.

    Attributes:
        section: What its records are: `members`, `projects`, `tasks`.
        records: JSON values, one for each thing.
        next: Where the next piece begins; none after the last.
    """

    section: str
    records: tuple[dict[str, Any], ...]
    next: str | None


class ExportSource(Protocol):
    """Reads a workspace piece by piece."""

    async def page(self, workspace_id: WorkspaceId, after: str | None) -> ExportPage:
        """Return the next piece."""
        ...


class ExportArchive(Protocol):
    """Keeps what is exported."""

    async def put_page(self, export_id: ExportId, part: int, page: ExportPage) -> None:
        """Keep a piece; the same one again replaces it."""
        ...

    async def assemble(self, export_id: ExportId, parts: int) -> int:
        """Put all pieces into one archive and return its size in bytes; once more does the same again."""
        ...

    async def delete(self, export_id: ExportId) -> None:
        """Drop the archive and its pieces, if there are any."""
        ...

    def link(self, export_id: ExportId, expires_at: datetime) -> str:
        """Return where the archive can be fetched until a moment."""
        ...


class Collected(View):
    """What was collected."""

    next: str | None
    records: int


class CollectPage(Errand[Collected], name="workspaces.collect_export_page", requires=INTERNAL):
    """Write the next piece of a workspace to storage."""

    workspace_id: WorkspaceId
    export_id: ExportId
    part: int
    after: str | None


class AssembleExport(Errand[int], name="workspaces.assemble_export", requires=INTERNAL):
    """Make one archive of all pieces; answers with its size in bytes."""

    export_id: ExportId
    parts: int


class DeleteExport(Errand[None], name="workspaces.delete_export", requires=INTERNAL):
    """Drop an archive."""

    export_id: ExportId


class TellOfExport(Command[None], name="workspaces.tell_of_export", requires=INTERNAL):
    """Tell whoever wanted an export that it is there, with a link to it."""

    workspace_id: WorkspaceId
    user_id: UserId
    export_id: ExportId
    records: int
    expires_at: datetime


class ExportState(View):
    """What the process knows."""

    workspace_id: WorkspaceId
    export_id: ExportId
    by: UserId
    expires_at: datetime
    parts: int = 0
    records: int = 0
    next: str | None = None


class ExportView(View):
    """An export that was started."""

    process_id: ProcessId
    export_id: ExportId


class ExportWorkspace(
    Command[ExportView], name="workspaces.export", requires=Permission.WORKSPACE_MANAGE, step_up=True
):
    """Export everything of a workspace; you are told when the archive can be fetched."""

    workspace_id: WorkspaceId


def _keep_page(state: ExportState, answer: Collected) -> ExportState:
    kept = {"parts": state.parts + 1, "records": state.records + answer.records, "next": answer.next}
    return state.model_copy(update=kept)


def _delete(state: ExportState) -> DeleteExport:
    return DeleteExport(export_id=state.export_id)


EXPORT = Process(
    "workspaces.export",
    "export",
    ExportState,
    (
        Step(
            "collect",
            send=lambda state: CollectPage(
                workspace_id=state.workspace_id, export_id=state.export_id, part=state.parts, after=state.next
            ),
            keep=_keep_page,
            then=lambda state: "collect" if state.next is not None else None,
            undo=_delete,
        ),
        Step(
            "assemble",
            send=lambda state: AssembleExport(export_id=state.export_id, parts=state.parts),
        ),
        Step(
            "tell",
            send=lambda state: TellOfExport(
                workspace_id=state.workspace_id,
                user_id=state.by,
                export_id=state.export_id,
                records=state.records,
                expires_at=state.expires_at,
            ),
        ),
        Wait("keep", until=lambda state, _: state.expires_at),
        Step("delete", send=_delete),
    ),
)
"""The steps of an export; the archive is deleted when its link is no longer good."""


@handlers.handles(ExportWorkspace)
async def export_workspace(command: ExportWorkspace, engine: ProcessEngine, caller: Caller, clock: Clock) -> ExportView:
    """Start the process."""
    export_id = new_id(ExportId)
    state = ExportState(
        workspace_id=command.workspace_id,
        export_id=export_id,
        by=caller.user_id,
        expires_at=clock.now() + timedelta(days=LINK_DAYS),
    )
    instance = await engine.start(EXPORT, str(export_id), state, tenant=command.workspace_id, by=caller.user_id)
    return ExportView(process_id=instance.id, export_id=export_id)


@handlers.handles(CollectPage)
async def collect_page(errand: CollectPage, source: ExportSource, archive: ExportArchive) -> Collected:
    """Read a piece and keep it; a repetition after a crash replaces it."""
    page = await source.page(errand.workspace_id, errand.after)
    await archive.put_page(errand.export_id, errand.part, page)
    return Collected(next=page.next, records=len(page.records))


@handlers.handles(AssembleExport)
async def assemble_export(errand: AssembleExport, archive: ExportArchive) -> int:
    """Make the archive."""
    return await archive.assemble(errand.export_id, errand.parts)


@handlers.handles(TellOfExport)
async def tell_of_export(command: TellOfExport, archive: ExportArchive, notifier: Notifier) -> None:
    """Tell them the link."""
    news = News(
        kind=Kind.PROCESS_FINISHED,
        thread=f"export:{command.export_id}",
        event_id=command.export_id,
        facts={
            "title": "Your export is ready",
            "text": f"{command.records} records. The link is good until {command.expires_at:%Y-%m-%d %H:%M} UTC.",
            "url": archive.link(command.export_id, command.expires_at),
        },
        workspace_id=command.workspace_id,
    )
    await notifier.tell([command.user_id], news)


@handlers.handles(DeleteExport)
async def delete_export(errand: DeleteExport, archive: ExportArchive) -> None:
    """Drop the archive."""
    await archive.delete(errand.export_id)
