"""What travels with a message: who sends it, on whose behalf, and until when it matters."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType
from uuid import UUID

from colonnade.core import UserId, new_id

CorrelationId = NewType("CorrelationId", UUID)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in.

    Attributes:
        user_id: Who.
        session_id: The sign-in that they act in; none for a service acting for itself.
    """

    user_id: UserId
    session_id: UUID | None = None


def _new_correlation_id() -> str:
    return str(new_id(CorrelationId))


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of one message.

    Attributes:
        caller: Who sends it; none when nobody is signed in.
        correlation_id: The same for everything that follows from one request.
        causation_id: What made this happen: a request, an event, a job.
        idempotency_key: Repeating a command with the same key gives the first answer again.
        deadline: When the sender stops waiting, UTC.
    """

    caller: Caller | None = None
    correlation_id: str = field(default_factory=_new_correlation_id)
    causation_id: str | None = None
    idempotency_key: str | None = None
    deadline: datetime | None = None
