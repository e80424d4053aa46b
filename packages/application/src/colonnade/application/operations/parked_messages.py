"""Look after what brokers brought and nobody could deal with."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from colonnade.application.messaging import Command, Query
from colonnade.application.operations.access import OperationsPermission
from colonnade.application.views import View
from colonnade.core import Page

Topic = Annotated[str, Field(min_length=1, max_length=1_100, examples=["org.example.books.book_lent.v1"])]
Group = Annotated[str, Field(min_length=1, max_length=64, examples=["billing"])]


class ParkedMessageView(View):
    """A message that a consumer group could not deal with; its body stays in the database.

    Attributes:
        event_id: Source and id of its event; none if it cannot be read.
        deliveries: How often it was delivered.
        bytes: How long its body is.
    """

    id: UUID
    topic: str
    group: str
    event_id: str | None
    deliveries: int
    error: str
    bytes: int
    parked_at: datetime


class ListParkedMessages(
    Query[Page[ParkedMessageView]], name="operations.list_parked_messages", requires=OperationsPermission.READ
):
    """List the messages that consumer groups could not deal with, the oldest first."""

    topic: Topic | None = None
    group: Group | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: str | None = None


class DropParkedMessage(Command[None], name="operations.drop_parked_message", requires=OperationsPermission.MANAGE):
    """Drop a message that a consumer group could not deal with."""

    parked_message_id: UUID
