"""What travels with a message: who sends it, on whose behalf, and until when it matters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NewType
from uuid import UUID

from colonnade.core import UserId, new_id

CorrelationId = NewType("CorrelationId", UUID)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a token limits its bearer to, whatever its owner may do.

    Attributes:
        token_id: The token.
        permissions: Values of the permissions that it carries.
        within: Fields of messages that name a resource, and which resources they may name, such as
            `{"workspace_id": {…}}`; a field that is not in it is not limited.
    """

    token_id: UUID
    permissions: frozenset[str]
    within: Mapping[str, frozenset[UUID]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in.

    Attributes:
        user_id: Who.
        session_id: The sign-in that they act in; none for a service acting for itself, or for a personal token.
        proved_at: When they last proved who they are (RFC 9068, `auth_time`); none if a token did it for them.
        methods: How they proved it (RFC 8176), such as `pwd`, `otp`, `hwk`.
        limits: What a personal token limits them to; none for a person.
    """

    user_id: UserId
    session_id: UUID | None = None
    proved_at: datetime | None = None
    methods: frozenset[str] = frozenset()
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a message comes from.

    Attributes:
        address: Network address of the sender, as the nearest trusted proxy saw it.
        user_agent: What the sender's program says that it is; anything can stand there.
    """

    address: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt at a job: what makes its effect and the note that it is done one transaction.

    Attributes:
        job_id: Which job.
        attempt: Which attempt, from 1; with the worker the fencing token, since each attempt has another one.
        worker_id: Whose attempt.
        keep_seconds: How long the answer is kept.
        follow_up: What is sent when it has ended: wire name and message.
    """

    job_id: UUID
    attempt: int
    worker_id: UUID
    keep_seconds: int
    follow_up: Mapping[str, Any] | None = None  # JSON values


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
        by_service: Whether the service itself sends it, on behalf of the caller if there is one.
        delivery: The attempt at a job that this is.
        console: Who sends it from the machine itself, where nothing is out of reach anyway.
        replaying: Whether the past is being told again: nothing may be sent because of it.
        origin: Where it comes from, if it came over a network.
    """

    caller: Caller | None = None
    correlation_id: str = field(default_factory=_new_correlation_id)
    causation_id: str | None = None
    idempotency_key: str | None = None
    deadline: datetime | None = None
    by_service: bool = False
    delivery: Delivery | None = None
    console: str | None = None
    replaying: bool = False
    origin: Origin | None = None
