"""Rebuilding a projection: a new edition grows from the log beside the one that is read, then takes its place."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, select, update

from colonnade.application.messaging import Context, Resolver, Subject
from colonnade.application.subscriptions import Generation, Subscription
from colonnade.application.subscriptions.compiled import compile_forget
from colonnade.core import Conflict, Invalid
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.event_log import START, LogPosition, event_log
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.database.unit_of_work import SqlUnitOfWork
from colonnade.infrastructure.subscriptions.checkpoints import Checkpoints
from colonnade.infrastructure.subscriptions.reader import LogReader
from colonnade.infrastructure.subscriptions.tables import (
    ACTIVE,
    BUILDING,
    RETIRED,
    RETRYING,
    parked_events,
    subscription_generations,
    subscription_partitions,
)

_generations, _partitions, _parked, _log = (
    subscription_generations.c,
    subscription_partitions.c,
    parked_events.c,
    event_log.c,
)
_OF = _generations.subscription == bindparam("of_subscription")
_NEWEST = select(func.max(_generations.generation)).where(_OF)
_IS_BUILDING = select(exists().where(_OF, _generations.state == BUILDING))
_BUILDING = select(_generations.generation).where(_OF, _generations.state == BUILDING)
_ACTIVE = select(_generations.generation).where(_OF, _generations.state == ACTIVE)
_CHECKPOINTS = select(_partitions.partition, _partitions.transaction_id, _partitions.position).where(
    _partitions.subscription == bindparam("of_subscription"), _partitions.generation == bindparam("of_generation")
)
_FIRST = select(_log.transaction_id, _log.position).order_by(_log.transaction_id, _log.position).limit(1)
_FROM_POSITION = _FIRST.where(_log.position >= bindparam("position"))
_FROM_TIME = _FIRST.where(_log.recorded_at >= bindparam("moment", type_=UtcDateTime))
_IS_RETRYING = select(
    exists().where(
        _parked.subscription == bindparam("of_subscription"),
        _parked.generation == bindparam("of_generation"),
        _parked.state == RETRYING,
    )
)


class NotRebuildable(Invalid):
    """The subscription is not a projection: what it did cannot be done again beside what it does."""

    code = "subscriptions.not_rebuildable"


class AlreadyRebuilding(Conflict):
    """A new edition of the projection grows already."""

    code = "subscriptions.already_rebuilding"


class Generations:
    """The editions of projections."""

    def __init__(self, database: Database, checkpoints: Checkpoints, resolver: Resolver) -> None:
        self._database = database
        self._checkpoints = checkpoints
        self._resolver = resolver

    async def rebuild(
        self, unit_of_work: SqlUnitOfWork, subscription: Subscription, since: datetime | int | None = None
    ) -> Generation:
        """Begin a new edition when a unit of work commits.

        Args:
            unit_of_work: Which.
            subscription: Which projection.
            since: The first event that it is made of, by time or by position; the first one there is if not said.

        Raises:
            NotRebuildable: It is no projection.
            AlreadyRebuilding: A new edition grows already.
        """
        if not subscription.projection:
            raise NotRebuildable(f"{subscription.name} is not a projection: it cannot be rebuilt", field="name")
        where = {"of_subscription": subscription.name}
        if (await self._database.fetch(_IS_BUILDING, where))[0][0]:
            raise AlreadyRebuilding(f"{subscription.name} is being rebuilt already")
        newest = (await self._database.fetch(_NEWEST, where))[0][0] or 0
        generation = Generation(newest + 1)
        start = await self._start(since)
        for statement, row in self._checkpoints.additions(subscription, generation, start, state=BUILDING):
            unit_of_work.at_commit(statement, row)
        return generation

    async def switch(self, subscription: Subscription, reader: LogReader) -> bool:
        """Let a new edition that has caught up take the place of the old one; tell whether it did."""
        rows = await self._database.fetch(_BUILDING, {"of_subscription": subscription.name})
        if not rows or not await self._has_caught_up(subscription, rows[0][0], reader):
            return False
        name, generation = subscription.name, rows[0][0]

        def switch(connection: Connection) -> bool:
            mine = _generations.subscription == name
            new = mine & (_generations.generation == generation)
            building = update(subscription_generations).where(new, _generations.state == BUILDING)
            if connection.execute(building.values(state=ACTIVE)).rowcount != 1:
                return False
            old = mine & (_generations.state == ACTIVE) & (_generations.generation != generation)
            connection.execute(update(subscription_generations).where(old).values(state=RETIRED))
            of_old = (_partitions.subscription == name) & (_partitions.generation != generation)
            connection.execute(delete(subscription_partitions).where(of_old))
            connection.execute(
                update(subscription_partitions)
                .where(_partitions.subscription == name)
                .values(owner=None, fence=_partitions.fence + 1)
            )
            connection.execute(
                delete(parked_events).where(_parked.subscription == name, _parked.generation != generation)
            )
            return True

        return await self._database.transact(switch)

    async def forget_retired(self, subscription: Subscription) -> None:
        """Delete the rows of editions that nobody reads any more."""
        forget = compile_forget(subscription)
        for name, number in await self._checkpoints.retired():
            if name != subscription.name or forget is None:
                continue
            context = Context(by_service=True, replaying=True)
            async with self._resolver.scope({Subject: self, Context: context}) as scope:
                unit_of_work: SqlUnitOfWork = await scope.get(SqlUnitOfWork)
                await forget(Generation(number), {Context: context}, scope)
                unit_of_work.at_commit(
                    delete(subscription_generations).where(_OF, _generations.generation == bindparam("of_generation")),
                    {"of_subscription": name, "of_generation": number},
                )
                await unit_of_work.commit()

    async def _has_caught_up(self, subscription: Subscription, generation: int, reader: LogReader) -> bool:
        """Tell whether an edition knows all that the one knows which is read now.

        The end of the log is no measure: where events never stop coming, nobody is there.
        """
        where = {"of_subscription": subscription.name, "of_generation": generation}
        if (await self._database.fetch(_IS_RETRYING, where))[0][0]:
            return False
        reached = await self._checkpoints_of(subscription, generation)
        active = await self._database.fetch(_ACTIVE, {"of_subscription": subscription.name})
        known = await self._checkpoints_of(subscription, active[0][0]) if active else {}
        for number, checkpoint in reached.items():
            batch = await reader.read(checkpoint, number, len(reached))
            measure = known.get(number) if len(known) == len(reached) else None
            if batch.full or any(measure is None or event.at <= measure for event in batch.events):
                return False
        return bool(reached)

    async def _checkpoints_of(self, subscription: Subscription, generation: int) -> dict[int, LogPosition]:
        where = {"of_subscription": subscription.name, "of_generation": generation}
        rows = await self._database.fetch(_CHECKPOINTS, where)
        return {number: LogPosition(transaction_id, position) for number, transaction_id, position in rows}

    async def _start(self, since: datetime | int | None) -> LogPosition:
        """Return a position before every event since then, those of transactions that are still open included."""
        if since is None:
            return START
        now = await self._checkpoints.now()
        statement, where = (
            (_FROM_POSITION, {"position": since}) if isinstance(since, int) else (_FROM_TIME, {"moment": since})
        )
        parameters: dict[str, Any] = where  # a position or a moment
        rows = await self._database.fetch(statement, parameters)
        return min(now, LogPosition(rows[0][0], rows[0][1] - 1)) if rows else now
