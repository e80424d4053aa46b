"""The activity of tasks: a read model that is made of the log, and can be made of it anew."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    bindparam,
    delete,
    insert,
    literal,
    select,
)

from colonnade.application.collaboration import ActivityView, ListActivity
from colonnade.application.messaging import Handlers
from colonnade.application.subscriptions import Generation, Subscriptions
from colonnade.core import CursorCodec, NotFound, Page, RecordedEvent
from colonnade.domain.tasks import EVENTS, TaskRanked
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.tables import metadata, table_of
from colonnade.infrastructure.database.types import JsonModel, UtcDateTime
from colonnade.infrastructure.subscriptions import active_generation
from colonnade.infrastructure.tasks.rows import TaskRow

ACTIVITY = "collaboration.activity"
"""Name of the projection."""

_KEPT = tuple(kind for kind in EVENTS if kind is not TaskRanked)
_IDENTITY = {"workspace_id", "task_id"}

activity = Table(
    "activity",
    metadata,
    Column("generation", Integer, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("workspace_id", Uuid, nullable=False),
    Column("task_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("actor_id", Uuid),
    Column("at", UtcDateTime, nullable=False),
    Column("facts", JsonModel(dict[str, object]), nullable=False),
    Index("ix_activity_task", "generation", "workspace_id", "task_id", "position"),
)

subscriptions = Subscriptions()
handlers = Handlers()

_tasks = table_of(TaskRow).c

_INSERT = insert(activity)
_FORGET = delete(activity).where(activity.c.generation == bindparam("of_generation"))
_LIST = (
    select(activity.c.position, *(activity.c[name] for name in ActivityView.model_fields))
    .where(
        activity.c.generation == active_generation(ACTIVITY),
        activity.c.workspace_id == bindparam("workspace_id"),
        activity.c.task_id == bindparam("task_id"),
    )
    .order_by(activity.c.position.desc())
    .limit(bindparam("limit"))
)
_REST = _LIST.where(activity.c.position < bindparam("before"))
_IS_THERE = select(literal(1)).where(
    _tasks.id == bindparam("task_id"), _tasks.workspace_id == bindparam("workspace_id")
)


async def forget(generation: Generation, unit_of_work: SqlUnitOfWork) -> None:
    """Delete an edition."""
    unit_of_work.at_commit(_FORGET, {"of_generation": generation})


@subscriptions.projection(ACTIVITY, *_KEPT, forget=forget)
async def keep(events: Sequence[RecordedEvent], generation: Generation, unit_of_work: SqlUnitOfWork) -> None:
    """Keep what was done."""
    for recorded in events:
        facts = recorded.event.model_dump(mode="json")
        caller = recorded.metadata.get("caller")
        unit_of_work.at_commit(
            _INSERT,
            {
                "generation": generation,
                "position": recorded.position,
                "event_id": recorded.event_id,
                "workspace_id": UUID(facts["workspace_id"]),
                "task_id": UUID(facts["task_id"]),
                "type": recorded.event.event_type,
                "actor_id": None if caller is None else UUID(caller),
                "at": recorded.recorded_at,
                "facts": {name: value for name, value in facts.items() if name not in _IDENTITY},
            },
        )


@handlers.handles(ListActivity)
async def list_activity(query: ListActivity, database: Database, cursors: CursorCodec) -> Page[ActivityView]:
    """List what was done, the newest first; of a deleted task, too."""
    described = f"{query.wire_name} {query.workspace_id} {query.task_id}"
    where: dict[str, object] = {
        "workspace_id": query.workspace_id,
        "task_id": query.task_id,
        "limit": query.limit + 1,
    }
    statement = _LIST
    if query.cursor is not None:
        statement = _REST
        where["before"] = cursors.decode(described, query.cursor, keys=1)[0]
    rows = await database.fetch(statement, where)
    if not rows and not await database.fetch(_IS_THERE, {name: where[name] for name in ("task_id", "workspace_id")}):
        raise NotFound("there is no such task", field="task_id")
    more = len(rows) > query.limit
    return Page(
        items=tuple(ActivityView.model_validate(row._mapping) for row in rows[: query.limit]),
        next=cursors.encode(described, [rows[query.limit - 1].position]) if more else None,
    )
