"""Give people all their data: a process that collects it, and gives a link to it for a while."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from colonnade.application.identity.people import People
from colonnade.application.messaging import INTERNAL, SIGNED_IN, Caller, Command, Errand, Handlers
from colonnade.application.notifications.news import News
from colonnade.application.notifications.telling import Notifier
from colonnade.application.operations import OperatorAct, OperatorActs
from colonnade.application.processes import Process, ProcessEngine, Step, Wait
from colonnade.application.views import View
from colonnade.application.workspaces.export import ExportArchive, ExportId, ExportPage
from colonnade.core import Clock, Email, UserId, new_id
from colonnade.domain.identity import PersonErased
from colonnade.domain.notifications import Kind

handlers = Handlers()

LINK_DAYS = 2
"""How long the data is kept, and the link to it good."""


class PersonalDataSource(Protocol):
    """Knows all that is kept of somebody."""

    def collect(self, user_id: UserId) -> AsyncIterator[ExportPage]:
        """Yield it piece by piece: sections, with the records of each as JSON values; secrets are left out.

        Raises:
            Unavailable: A database does not answer.
        """
        ...


class PersonalDataRequested(View):
    """Data that is being collected.

    Attributes:
        thread: The thread of the notification that tells the link.
    """

    export_id: ExportId
    thread: str


class RequestPersonalData(
    Command[PersonalDataRequested], name="identity.request_personal_data", requires=SIGNED_IN, step_up=True
):
    """Have all that is kept of you collected; you are told where to fetch it, and for how long."""


class PersonalDataView(View):
    """All that is kept of somebody, by section."""

    user_id: UserId
    sections: dict[str, list[dict[str, Any]]]  # JSON values


class ExportPerson(Command[PersonalDataView], name="identity.export_person", requires=INTERNAL):
    """Take out all that is kept of somebody, for whoever looks after the service from its own machine."""

    email: Email


class CollectPersonalData(Errand[int], name="identity.collect_personal_data", requires=INTERNAL):
    """Write somebody's data into an archive; answers with how many records it has."""

    user_id: UserId
    export_id: ExportId


class DeletePersonalData(Errand[None], name="identity.delete_personal_data", requires=INTERNAL):
    """Drop an archive."""

    export_id: ExportId


class TellOfPersonalData(Command[None], name="identity.tell_of_personal_data", requires=INTERNAL):
    """Tell somebody that their data can be fetched. The link is made for them alone and stands nowhere else."""

    user_id: UserId
    export_id: ExportId
    records: int
    expires_at: datetime


class PersonalDataState(View):
    """What the process knows."""

    user_id: UserId
    export_id: ExportId
    expires_at: datetime
    records: int = 0


def _delete(state: PersonalDataState) -> DeletePersonalData:
    return DeletePersonalData(export_id=state.export_id)


PERSONAL_DATA = Process(
    "identity.personal_data",
    "collecting of your data",
    PersonalDataState,
    (
        Step(
            "collect",
            send=lambda state: CollectPersonalData(user_id=state.user_id, export_id=state.export_id),
            keep=lambda state, records: state.model_copy(update={"records": records}),
            undo=_delete,
        ),
        Step(
            "tell",
            send=lambda state: TellOfPersonalData(
                user_id=state.user_id,
                export_id=state.export_id,
                records=state.records,
                expires_at=state.expires_at,
            ),
        ),
        Wait(
            "keep",
            events={PersonErased: lambda event: str(event.user_id)},
            until=lambda state, _: state.expires_at,
            late="delete",
        ),
        Step("delete", send=_delete),
    ),
)
"""The steps; the archive is deleted when its link is no longer good, or its owner is erased."""


@handlers.handles(RequestPersonalData)
async def request_personal_data(
    command: RequestPersonalData, engine: ProcessEngine, caller: Caller, clock: Clock
) -> PersonalDataRequested:
    """Start the process; while it runs, its archive can be fetched."""
    export_id = new_id(ExportId)
    state = PersonalDataState(
        user_id=caller.user_id, export_id=export_id, expires_at=clock.now() + timedelta(days=LINK_DAYS)
    )
    await engine.start(PERSONAL_DATA, str(caller.user_id), state, by=caller.user_id)
    return PersonalDataRequested(export_id=export_id, thread=_thread(export_id))


@handlers.handles(CollectPersonalData)
async def collect_personal_data(errand: CollectPersonalData, source: PersonalDataSource, archive: ExportArchive) -> int:
    """Write the archive; a repetition after a crash replaces it."""
    parts = records = 0
    async for page in source.collect(errand.user_id):
        await archive.put_page(errand.export_id, parts, page)
        parts, records = parts + 1, records + len(page.records)
    await archive.assemble(errand.export_id, parts)
    return records


@handlers.handles(TellOfPersonalData)
async def tell_of_personal_data(command: TellOfPersonalData, archive: ExportArchive, notifier: Notifier) -> None:
    """Tell them the link."""
    news = News(
        kind=Kind.PROCESS_FINISHED,
        thread=_thread(command.export_id),
        event_id=command.export_id,
        facts={
            "title": "Your data is ready",
            "text": f"{command.records} records. The link is good until {command.expires_at:%Y-%m-%d %H:%M} UTC.",
            "url": archive.link(command.export_id, command.expires_at),
        },
    )
    await notifier.tell([command.user_id], news)


@handlers.handles(DeletePersonalData)
async def delete_personal_data(errand: DeletePersonalData, archive: ExportArchive) -> None:
    """Drop the archive."""
    await archive.delete(errand.export_id)


@handlers.handles(ExportPerson)
async def export_person(
    command: ExportPerson, people: People, source: PersonalDataSource, acts: OperatorActs
) -> PersonalDataView:
    """Collect it, and note who wanted it."""
    user_id = (await people.by_email(command.email)).user_id
    sections = dict[str, list[dict[str, Any]]]()
    async for page in source.collect(user_id):
        sections.setdefault(page.section, []).extend(page.records)
    acts.note(OperatorAct.of(command.wire_name, str(user_id)))
    return PersonalDataView(user_id=user_id, sections=sections)


def _thread(export_id: ExportId) -> str:
    return f"personal_data:{export_id}"
