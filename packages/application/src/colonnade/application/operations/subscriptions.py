"""Look after subscriptions: how far each has come, what it could not handle, and building projections anew."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from colonnade.application.messaging import Command, Query
from colonnade.application.operations.access import OperationsPermission
from colonnade.application.views import View
from colonnade.core import Conflict, Page
from colonnade.core.moments import Moment

SubscriptionName = Annotated[str, Field(min_length=1, max_length=200, examples=["notifications.assigned"])]


class ParkedState(StrEnum):
    """How an event stands that was set aside."""

    RETRYING = "retrying"
    WAITING = "waiting"
    DEAD = "dead"


class NotDead(Conflict):
    """The event is not a dead letter: it is tried again by itself, or waits behind one that is."""

    code = "operations.not_dead"


class SubscriptionView(View):
    """An edition of a subscription, and how far it has come.

    Attributes:
        behind: How many events it has not handled yet; counted up to 10,000 for each partition.
        retrying: How many events are tried again.
        waiting: How many events wait behind those or behind dead ones.
        dead: How many events a person must look at.
    """

    name: str
    generation: int
    state: str
    projection: bool
    partitions: int
    read_by: int
    behind: int
    retrying: int
    waiting: int
    dead: int


class DeadLetterView(View):
    """An event that a subscription has set aside."""

    id: UUID
    subscription: str
    generation: int
    stream: str
    position: int
    event_id: UUID
    event_type: str
    state: ParkedState
    attempts: int
    next_at: datetime | None
    error_code: str | None
    error: str | None
    parked_at: datetime


class DeadLetterDetail(DeadLetterView):
    """An event that was set aside, with its facts, and what waits behind it."""

    data: dict[str, Any]  # JSON values
    metadata: dict[str, str]
    recorded_at: datetime
    behind: int


class ListSubscriptions(
    Query[Page[SubscriptionView]], name="operations.list_subscriptions", requires=OperationsPermission.READ
):
    """List the subscriptions, by name."""


class RebuildProjection(Command[int], name="operations.rebuild_projection", requires=OperationsPermission.MANAGE):
    """Build a projection anew from the log, and answer with the number of the new edition.

    The present edition goes on being read; when the new one has caught up, it takes its place.
    """

    name: SubscriptionName
    since_position: Annotated[int | None, Field(ge=0, description="First event by position.")] = None
    since: Annotated[Moment | None, Field(description="First event by time.")] = None


class ListDeadLetters(
    Query[Page[DeadLetterView]], name="operations.list_dead_letters", requires=OperationsPermission.READ
):
    """List the events that subscriptions have set aside, the oldest first."""

    subscription: SubscriptionName | None = None
    state: ParkedState | None = ParkedState.DEAD
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class GetDeadLetter(Query[DeadLetterDetail], name="operations.get_dead_letter", requires=OperationsPermission.READ):
    """Show an event that was set aside, with its facts."""

    dead_letter_id: UUID


class ReplayDeadLetter(Command[None], name="operations.replay_dead_letter", requires=OperationsPermission.MANAGE):
    """Let the subscription handle a dead letter again, and then what waits behind it."""

    dead_letter_id: UUID


class DropDeadLetter(Command[None], name="operations.drop_dead_letter", requires=OperationsPermission.MANAGE):
    """Give a dead letter up: the subscription goes on with what waits behind it."""

    dead_letter_id: UUID
