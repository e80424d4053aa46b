"""What brokers brought and nobody could deal with, for operators."""

from sqlalchemy import bindparam, delete, func, select

from colonnade.application.messaging import Handlers
from colonnade.application.operations import (
    DropParkedMessage,
    ListParkedMessages,
    OperatorAct,
    OperatorActs,
    ParkedMessageView,
)
from colonnade.core import CursorCodec, NotFound, Page
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.operations.listing import page_of
from colonnade.infrastructure.publishing.tables import parked_messages

handlers = Handlers()

_parked = parked_messages.c
_VIEW = select(
    _parked.id,
    _parked.topic,
    _parked.consumer_group.label("group"),
    _parked.event_id,
    _parked.deliveries,
    _parked.error,
    func.length(_parked.body).label("bytes"),
    _parked.parked_at,
)
_DROP = (
    delete(parked_messages)
    .where(_parked.id == bindparam("of_id"))
    .returning(_parked.topic, _parked.consumer_group, _parked.event_id)
)


@handlers.handles(ListParkedMessages)
async def list_parked_messages(
    query: ListParkedMessages, database: Database, cursors: CursorCodec
) -> Page[ParkedMessageView]:
    """List them, the oldest first."""
    statement = _VIEW
    if query.topic is not None:
        statement = statement.where(_parked.topic == query.topic)
    if query.group is not None:
        statement = statement.where(_parked.consumer_group == query.group)
    return await page_of(
        query,
        statement,
        _parked.id,
        lambda row: ParkedMessageView.model_validate(row._mapping),
        database,
        cursors,
        limit=query.limit,
        cursor=query.cursor,
        newest_first=False,
    )


@handlers.handles(DropParkedMessage)
async def drop_parked_message(command: DropParkedMessage, unit_of_work: SqlUnitOfWork, acts: OperatorActs) -> None:
    """Drop it, and note whose it was."""
    rows = await unit_of_work.fetch_and_lock(_DROP, {"of_id": command.parked_message_id})
    if not rows:
        raise NotFound("there is no such parked message", field="parked_message_id")
    dropped = rows[0]
    subject = dropped.event_id or str(command.parked_message_id)
    acts.note(OperatorAct.of(command.wire_name, subject, f"{dropped.topic} for {dropped.consumer_group}"))
