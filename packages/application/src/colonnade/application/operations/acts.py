"""What operators did, kept in the event log like every other change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, NewType, Protocol, Self
from uuid import UUID

from pydantic import Field

from colonnade.application.messaging import INTERNAL, Command, Query
from colonnade.application.operations.access import OperationsPermission
from colonnade.application.views import View
from colonnade.core import AggregateRoot, DomainEvent, Page, new_id

ActId = NewType("ActId", UUID)


class OperatorActed(DomainEvent, type="operations.operator_acted", version=1):
    """An operator did something; who is in the event's metadata."""

    act_id: UUID
    act: str
    subject: str
    detail: str


EVENTS = (OperatorActed,)


@dataclass(eq=False, kw_only=True)
class OperatorAct(AggregateRoot[ActId]):
    """One act, which never changes."""

    stream_kind: ClassVar[str] = "operator_act"

    @classmethod
    def of(cls, act: str, subject: str, detail: str = "") -> Self:
        """Note an act.

        Args:
            act: What was done, as a wire name.
            subject: To what.
            detail: What else is worth knowing.
        """
        made = cls(id=new_id(ActId))
        made.record(OperatorActed(act_id=made.id, act=act, subject=subject, detail=detail))
        return made


class OperatorActs(Protocol):
    """Keeps acts, within the unit of work of what was done."""

    def note(self, act: OperatorAct) -> None:
        """Keep an act once the unit of work is committed."""
        ...


class NoteAct(Command[None], name="operations.note_act", requires=INTERNAL):
    """Keep an act of whoever sits at the machine that is no message in itself, such as one on files of keys."""

    act: str
    subject: str
    detail: str = ""


class ActView(View):
    """What an operator did."""

    act: str
    subject: str
    detail: str
    by: str | None
    at: datetime


class ListActs(Query[Page[ActView]], name="operations.list_acts", requires=OperationsPermission.READ):
    """List what operators did, the newest first."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
