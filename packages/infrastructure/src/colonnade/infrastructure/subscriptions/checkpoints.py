"""Checkpoints and who holds them: which partitions this process reads, and how far each has come."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Connection, Executable, bindparam, func, or_, select, text, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.application.subscriptions import Mode, Subscription
from colonnade.core import Clock
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.event_log import START, LogPosition, event_log
from colonnade.infrastructure.subscriptions.tables import (
    ACTIVE,
    RETIRED,
    subscription_generations,
    subscription_partitions,
)
from colonnade.infrastructure.workers.tables import live_workers

_END_OF_TRANSACTION = 2**62

_partitions, _generations = subscription_partitions.c, subscription_generations.c
_KEY = (_partitions.subscription, _partitions.generation, _partitions.partition)
_MINE = (
    _partitions.subscription == bindparam("of_subscription"),
    _partitions.generation == bindparam("of_generation"),
    _partitions.partition == bindparam("of_partition"),
    _partitions.fence == bindparam("of_fence"),
)
ADVANCE = (
    update(subscription_partitions)
    .where(
        *_MINE,
        _partitions.transaction_id == bindparam("old_transaction_id"),
        _partitions.position == bindparam("old_position"),
    )
    .values(
        transaction_id=bindparam("new_transaction_id", type_=BigInteger),
        position=bindparam("new_position", type_=BigInteger),
    )
)
"""Moves a checkpoint if the partition is still the process's own, and nothing has moved it before: not even a commit
of the process itself that it never had the answer of."""

RELEASE = update(subscription_partitions).where(*_MINE).values(owner=None)
_WITHOUT_OWNER = or_(_partitions.owner.is_(None), _partitions.owner.not_in(live_workers()))
_COUNT = (
    select(func.count())
    .select_from(subscription_partitions)
    .where(_partitions.subscription.in_(bindparam("names", expanding=True)))
)
_OWNED = select(*_KEY, _partitions.fence).where(_partitions.owner == bindparam("of_owner"))
_RETIRED = select(_generations.subscription, _generations.generation).where(_generations.state == RETIRED)


Holding = tuple[str, int, int, int]
"""Subscription, generation, number and fence."""


class Partition(NamedTuple):
    """A share of a subscription's streams that this process holds.

    Attributes:
        subscription: Name of the subscription.
        generation: Which edition.
        number: Which share, from 0.
        of: How many shares there are.
        fence: The token that must still be right when something is committed.
        building: Whether the edition is not read yet.
    """

    subscription: str
    generation: int
    number: int
    of: int
    fence: int
    building: bool

    def key(self) -> dict[str, Any]:
        """Return the parameters that `ADVANCE` and `RELEASE` find it by."""
        return {
            "of_subscription": self.subscription,
            "of_generation": self.generation,
            "of_partition": self.number,
            "of_fence": self.fence,
        }

    @property
    def holding(self) -> Holding:
        """What tells this process's hold on it from every other one."""
        return self.subscription, self.generation, self.number, self.fence

    def advance(self, kept: LogPosition, to: LogPosition) -> dict[str, Any]:
        """Return the parameters of `ADVANCE`."""
        return {
            **self.key(),
            "old_transaction_id": kept.transaction_id,
            "old_position": kept.position,
            "new_transaction_id": to.transaction_id,
            "new_position": to.position,
        }


class Checkpoints:
    """The partitions of all subscriptions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        kind = postgresql if database.is_postgresql else sqlite
        self._add_generation = kind.insert(subscription_generations).on_conflict_do_nothing()
        self._add_partition = kind.insert(subscription_partitions).on_conflict_do_nothing()

    async def register_all(self, subscriptions: Iterable[Subscription]) -> None:
        """Make sure that all those among subscriptions that remember how far they have come have checkpoints."""
        for subscription in subscriptions:
            if subscription.mode is Mode.DURABLE:
                await self.register(subscription)

    async def register(self, subscription: Subscription) -> None:
        """Make sure that a subscription has checkpoints.

        A new projection begins with the first event there is, and so does what takes every event; any other new
        subscription begins now: it is to do something about what happens, not about what happened.
        """
        known = await self._database.fetch(
            select(_generations.generation).where(_generations.subscription == subscription.name)
        )
        if not known:
            begins_first = subscription.projection or subscription.every_type
            at = START if begins_first else await self.now()
            additions = self.additions(subscription, 1, at, state=ACTIVE)

            def add(connection: Connection) -> None:
                for statement, row in additions:
                    connection.execute(statement, row)

            await self._database.transact(add)

    def additions(
        self, subscription: Subscription, generation: int, at: LogPosition, *, state: str
    ) -> list[tuple[Executable, dict[str, Any]]]:
        """Return the statements that add an edition whose partitions all begin at a position."""
        row = {
            "subscription": subscription.name,
            "generation": generation,
            "state": state,
            "started_at": self._clock.now(),
        }
        rows: list[dict[str, Any]] = [
            {
                "subscription": subscription.name,
                "generation": generation,
                "partition": number,
                **at._asdict(),
                "fence": 0,
                "owner": None,
            }
            for number in range(subscription.partitions)
        ]
        return [(self._add_generation, row), *((self._add_partition, partition) for partition in rows)]

    async def now(self) -> LogPosition:
        """Return a position before everything that is still to come."""
        if self._database.is_postgresql:
            rows = await self._database.fetch(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1"))
            return LogPosition(int(rows[0][0]), _END_OF_TRANSACTION)
        rows = await self._database.fetch(select(func.max(event_log.c.position)))
        return LogPosition(0, rows[0][0] or 0)

    async def count(self, names: Collection[str]) -> int:
        """Return how many partitions the named subscriptions have."""
        return int((await self._database.fetch(_COUNT, {"names": list(names)}))[0][0])

    async def claim(self, names: Collection[str], owner: UUID, limit: int) -> list[tuple[Partition, LogPosition]]:
        """Take partitions that nobody alive reads, each with a new fencing token.

        Returns:
            The partitions with their checkpoints.
        """
        free = (
            select(*_KEY)
            .where(_partitions.subscription.in_(list(names)), _WITHOUT_OWNER)
            .order_by(*_KEY)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claim = (
            update(subscription_partitions)
            .where(tuple_(*_KEY).in_(free), _WITHOUT_OWNER)
            .values(owner=owner, fence=_partitions.fence + 1)
            .returning(subscription_partitions)
        )
        rows = await self._database.write(claim)
        if not rows:
            return []
        shapes = await self._shapes(names)
        return [
            (
                Partition(
                    row.subscription,
                    row.generation,
                    row.partition,
                    *shapes[row.subscription, row.generation][:1],
                    row.fence,
                    building=shapes[row.subscription, row.generation][1] != ACTIVE,
                ),
                LogPosition(row.transaction_id, row.position),
            )
            for row in rows
        ]

    async def owned(self, owner: UUID) -> set[Holding]:
        """Return the partitions that are a process's own."""
        return {(row[0], row[1], row[2], row[3]) for row in await self._database.fetch(_OWNED, {"of_owner": owner})}

    async def release(self, holding: Holding) -> None:
        """Give a partition back."""
        names = ("of_subscription", "of_generation", "of_partition", "of_fence")
        await self._database.write(RELEASE, dict(zip(names, holding, strict=True)))

    async def retired(self) -> list[tuple[str, int]]:
        """Return the editions that nobody reads any more: subscription and generation."""
        return [(row[0], row[1]) for row in await self._database.fetch(_RETIRED)]

    async def _shapes(self, names: Iterable[str]) -> dict[tuple[str, int], tuple[int, str]]:
        """Return the number of partitions and the state of each edition."""
        rows = await self._database.fetch(
            select(_partitions.subscription, _partitions.generation, func.count(), _generations.state)
            .join(
                subscription_generations,
                (_generations.subscription == _partitions.subscription)
                & (_generations.generation == _partitions.generation),
            )
            .where(_partitions.subscription.in_(list(names)))
            .group_by(_partitions.subscription, _partitions.generation, _generations.state)
        )
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}
