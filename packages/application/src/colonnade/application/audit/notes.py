"""What happened without an event of its own: refusals, failures, and commands that changed nothing in the log."""

from dataclasses import dataclass
from typing import Any, ClassVar, NewType, Protocol, Self
from uuid import UUID

from colonnade.application.messaging import INTERNAL, Command, Context, Message
from colonnade.core import AggregateRoot, ColonnadeError, DomainEvent, new_id

NoteId = NewType("NoteId", UUID)


class CommandRefused(DomainEvent, type="audit.command_refused", version=1):
    """An access rule refused a message; who sent it is in the event's metadata."""

    note_id: UUID
    message: str
    code: str
    workspace_id: UUID | None
    ids: dict[str, UUID]


class CommandFailed(DomainEvent, type="audit.command_failed", version=1):
    """A command was allowed, and failed."""

    note_id: UUID
    message: str
    code: str
    workspace_id: UUID | None
    ids: dict[str, UUID]


class CommandDone(DomainEvent, type="audit.command_done", version=1):
    """A message was answered whose effect is no event."""

    note_id: UUID
    message: str
    workspace_id: UUID | None
    ids: dict[str, UUID]


EVENTS = (CommandRefused, CommandFailed, CommandDone)


@dataclass(eq=False, kw_only=True)
class AuditNote(AggregateRoot[NoteId]):
    """One note, which never changes."""

    stream_kind: ClassVar[str] = "audit"

    @classmethod
    def refused(cls, message: Message[Any], error: ColonnadeError) -> Self:
        """Note that a message was refused."""
        made = cls(id=new_id(NoteId))
        made.record(CommandRefused(code=error.code, **_about(made, message)))
        return made

    @classmethod
    def failed(cls, message: Message[Any], code: str) -> Self:
        """Note that a message failed."""
        made = cls(id=new_id(NoteId))
        made.record(CommandFailed(code=code, **_about(made, message)))
        return made

    @classmethod
    def done(cls, message: Message[Any]) -> Self:
        """Note that a message was answered."""
        made = cls(id=new_id(NoteId))
        made.record(CommandDone(**_about(made, message)))
        return made


class AuditLog(Protocol):
    """Keeps notes, each in a unit of work of its own."""

    async def note(self, note: AuditNote, context: Context, message: str) -> None:
        """Keep a note.

        Args:
            note: What happened.
            context: The circumstances of the message.
            message: Its wire name.

        Raises:
            Unavailable: The database does not answer.
        """
        ...


def done_without_event(message: object, context: Context) -> AuditNote | None:
    """Return what a unit of work is to record if it records nothing else, or none if nobody asked for it.

    Args:
        message: What the unit of work is for: a message, or an event that something hears of.
        context: Its circumstances.
    """
    somebody = context.caller is not None or context.console is not None
    if isinstance(message, Command) and message.access is not INTERNAL and somebody:
        return AuditNote.done(message)
    return None


def _about(note: AuditNote, message: Message[Any]) -> dict[str, Any]:  # fields of several types
    ids = {name: value for name in type(message).model_fields if isinstance(value := getattr(message, name), UUID)}
    return {
        "note_id": note.id,
        "message": message.wire_name,
        "workspace_id": ids.pop("workspace_id", None),
        "ids": ids,
    }
