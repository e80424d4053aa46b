"""Subscriptions and what they could not handle, for operators."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, literal, select, true, tuple_, update

from colonnade.application.messaging import Handlers
from colonnade.application.operations import (
    DeadLetterDetail,
    DeadLetterView,
    DropDeadLetter,
    GetDeadLetter,
    ListDeadLetters,
    ListSubscriptions,
    NotDead,
    OperatorAct,
    OperatorActs,
    RebuildProjection,
    ReplayDeadLetter,
    SubscriptionView,
)
from colonnade.application.subscriptions import Subscription, SubscriptionCatalogue
from colonnade.core import Clock, CursorCodec, NotFound, Page
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.event_log import event_log
from colonnade.infrastructure.database.partitions import stream_partition
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.operations.listing import page_of
from colonnade.infrastructure.subscriptions.generations import Generations
from colonnade.infrastructure.subscriptions.runner import LEASES, PARKED
from colonnade.infrastructure.subscriptions.tables import (
    DEAD,
    RETRYING,
    WAITING,
    parked_events,
    subscription_generations,
    subscription_partitions,
)
from colonnade.infrastructure.workers.tables import live_workers

handlers = Handlers()

_COUNTED_UP_TO = 10_000

_parked, _log = parked_events.c, event_log.c
_partitions, _generations = subscription_partitions.c, subscription_generations.c
_EDITIONS = select(_generations.subscription, _generations.generation, _generations.state).order_by(
    _generations.subscription, _generations.generation
)
_PARTITIONS = select(subscription_partitions, _partitions.owner.in_(live_workers()).label("is_read")).order_by(
    _partitions.partition
)
_COUNTS = select(_parked.subscription, _parked.generation, _parked.state, func.count()).group_by(
    _parked.subscription, _parked.generation, _parked.state
)
_VIEW = select(*(_parked[name] for name in DeadLetterView.model_fields))
_DETAIL = (
    select(*(_parked[name] for name in DeadLetterView.model_fields), _log.data, _log.metadata, _log.recorded_at)
    .join(event_log, _log.position == _parked.position)
    .where(_parked.id == bindparam("of_id"))
)
_behind = parked_events.alias("behind")
_BEHIND = (
    select(func.count())
    .select_from(parked_events)
    .join(
        _behind,
        (_behind.c.subscription == _parked.subscription)
        & (_behind.c.generation == _parked.generation)
        & (_behind.c.stream == _parked.stream)
        & (_behind.c.position > _parked.position),
    )
    .where(_parked.id == bindparam("of_id"))
)
_REPLAY = (
    update(parked_events)
    .where(_parked.id == bindparam("of_id"), _parked.state == DEAD)
    .values(state=RETRYING, attempts=0, next_at=bindparam("now", type_=UtcDateTime))
    .returning(_parked.subscription, _parked.event_id)
)
_DROP = (
    delete(parked_events)
    .where(_parked.id == bindparam("of_id"), _parked.state == DEAD)
    .returning(_parked.subscription, _parked.generation, _parked.stream, _parked.event_id, _parked.event_type)
)
_NEXT = (
    select(func.min(_behind.c.position))
    .where(
        _behind.c.subscription == bindparam("of_subscription"),
        _behind.c.generation == bindparam("of_generation"),
        _behind.c.stream == bindparam("of_stream"),
    )
    .scalar_subquery()
)
_RELEASE = (
    update(parked_events)
    .where(
        _parked.subscription == bindparam("of_subscription"),
        _parked.generation == bindparam("of_generation"),
        _parked.state == WAITING,
        _parked.position == _NEXT,
    )
    .values(state=RETRYING, next_at=bindparam("now", type_=UtcDateTime))
)


@handlers.handles(ListSubscriptions)
async def list_subscriptions(
    query: ListSubscriptions, database: Database, catalogue: SubscriptionCatalogue
) -> Page[SubscriptionView]:
    """List the editions of all subscriptions."""
    counts = {(name, generation, state): count for name, generation, state, count in await database.fetch(_COUNTS)}
    partitions: dict[tuple[str, int], list[Any]] = {}  # rows of the partitions table
    for row in await database.fetch(_PARTITIONS):
        partitions.setdefault((row.subscription, row.generation), []).append(row)
    views = []
    for name, generation, state in await database.fetch(_EDITIONS):
        known, mine = catalogue.find(name), partitions.get((name, generation), [])
        views.append(
            SubscriptionView(
                name=name,
                generation=generation,
                state=state,
                projection=known is not None and known.projection,
                partitions=len(mine),
                read_by=len({row.owner for row in mine if row.is_read}),
                behind=0 if known is None else await _behind_of(known, mine, database),
                retrying=counts.get((name, generation, RETRYING), 0),
                waiting=counts.get((name, generation, WAITING), 0),
                dead=counts.get((name, generation, DEAD), 0),
            )
        )
    return Page(items=tuple(views))


@handlers.handles(RebuildProjection)
async def rebuild_projection(
    command: RebuildProjection,
    unit_of_work: SqlUnitOfWork,
    generations: Generations,
    catalogue: SubscriptionCatalogue,
    acts: OperatorActs,
    wakeups: Wakeups,
) -> int:
    """Begin a new edition."""
    since = command.since if command.since_position is None else command.since_position
    generation = await generations.rebuild(unit_of_work, catalogue.named(command.name), since)
    acts.note(OperatorAct.of(command.wire_name, command.name, f"generation {generation}"))
    unit_of_work.after_commit(lambda: wakeups.tell({LEASES}))
    return generation


@handlers.handles(ListDeadLetters)
async def list_dead_letters(query: ListDeadLetters, database: Database, cursors: CursorCodec) -> Page[DeadLetterView]:
    """List what was set aside, the oldest first."""
    statement = _VIEW
    if query.subscription is not None:
        statement = statement.where(_parked.subscription == query.subscription)
    if query.state is not None:
        statement = statement.where(_parked.state == query.state.value)
    return await page_of(
        query,
        statement,
        _parked.id,
        lambda row: DeadLetterView.model_validate(row._mapping),
        database,
        cursors,
        limit=query.limit,
        cursor=query.cursor,
        newest_first=False,
    )


@handlers.handles(GetDeadLetter)
async def get_dead_letter(query: GetDeadLetter, database: Database) -> DeadLetterDetail:
    """Show what was set aside."""
    rows = await database.fetch(_DETAIL, {"of_id": query.dead_letter_id})
    if not rows:
        raise _missing()
    behind = (await database.fetch(_BEHIND, {"of_id": query.dead_letter_id}))[0][0]
    return DeadLetterDetail.model_validate({**rows[0]._mapping, "behind": behind})


@handlers.handles(ReplayDeadLetter)
async def replay_dead_letter(
    command: ReplayDeadLetter, unit_of_work: SqlUnitOfWork, acts: OperatorActs, clock: Clock, wakeups: Wakeups
) -> None:
    """Let it be handled again."""
    rows = await unit_of_work.fetch_and_lock(_REPLAY, {"of_id": command.dead_letter_id, "now": clock.now()})
    if not rows:
        await _refuse(command.dead_letter_id, unit_of_work)
    acts.note(OperatorAct.of(command.wire_name, str(rows[0].event_id), rows[0].subscription))
    unit_of_work.after_commit(lambda: wakeups.tell({PARKED}))


@handlers.handles(DropDeadLetter)
async def drop_dead_letter(
    command: DropDeadLetter, unit_of_work: SqlUnitOfWork, acts: OperatorActs, clock: Clock, wakeups: Wakeups
) -> None:
    """Give it up, and let the next one of its stream be handled."""
    rows = await unit_of_work.fetch_and_lock(_DROP, {"of_id": command.dead_letter_id})
    if not rows:
        await _refuse(command.dead_letter_id, unit_of_work)
    dropped = rows[0]
    unit_of_work.at_commit(
        _RELEASE,
        {
            "of_subscription": dropped.subscription,
            "of_generation": dropped.generation,
            "of_stream": dropped.stream,
            "now": clock.now(),
        },
    )
    acts.note(OperatorAct.of(command.wire_name, str(dropped.event_id), dropped.subscription))
    unit_of_work.after_commit(lambda: wakeups.tell({PARKED}))


async def _behind_of(subscription: Subscription, partitions: list[Any], database: Database) -> int:
    """Return how many events an edition has not handled yet."""
    behind = 0
    for row in partitions:
        rest: Select[Any] = (
            select(literal(1))
            .where(
                tuple_(_log.transaction_id, _log.position) > tuple_(literal(row.transaction_id), literal(row.position)),
                true() if subscription.every_type else _log.type.in_(subscription.types),
                stream_partition(_log.stream, literal(len(partitions))) == row.partition,
            )
            .limit(_COUNTED_UP_TO)
        )
        behind += (await database.fetch(select(func.count()).select_from(rest.subquery())))[0][0]
    return behind


async def _refuse(dead_letter_id: UUID, unit_of_work: SqlUnitOfWork) -> None:
    """Say why nothing was done.

    Raises:
        NotFound: There is no such event.
        NotDead: It is not dead.
    """
    if await unit_of_work.fetch(select(_parked.id).where(_parked.id == bindparam("of_id")), {"of_id": dead_letter_id}):
        raise NotDead("this event is not a dead letter: it is tried again by itself, or waits behind one that is")
    raise _missing()


def _missing() -> NotFound:
    return NotFound("there is no such dead letter", field="dead_letter_id")
