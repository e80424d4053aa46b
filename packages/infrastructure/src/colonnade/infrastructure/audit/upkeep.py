"""What is done to the chains by the clock: signing quiet ends, and removing what is old up to a checkpoint."""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from colonnade.application.audit.chaining import AuditSettings
from colonnade.core import Clock
from colonnade.infrastructure.audit.reading import beginning_of, checkpoints_of, entries_of
from colonnade.infrastructure.audit.signing import reached, tell
from colonnade.infrastructure.audit.tables import chains, checkpoint_of, checkpoint_row, checkpoints, entries
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.security.audit import Checkpoint, CheckpointKind, Head, PublicKeys, Signer, Verification, verify

_DUE = (
    select(chains)
    .where(chains.c.unsigned_since <= bindparam("waited", type_=UtcDateTime))
    .order_by(chains.c.chain)
    .with_for_update()
)
_SIGNED = (
    update(chains)
    .where(chains.c.chain == bindparam("of_chain"))
    .values(checkpoint_number=bindparam("new_number"), checkpoint_sequence=chains.c.sequence, unsigned_since=None)
)
_ADD = insert(checkpoints)
_NAMES = select(chains.c.chain).order_by(chains.c.chain)
_OLD = select(checkpoints).where(
    checkpoints.c.chain == bindparam("chain"),
    checkpoints.c.kind == CheckpointKind.REACHED.value,
    checkpoints.c.at < bindparam("before", type_=UtcDateTime),
    checkpoints.c.sequence > bindparam("after"),
)
_LAST_NEAR = _OLD.where(checkpoints.c.sequence <= bindparam("upto")).order_by(checkpoints.c.number.desc()).limit(1)
_NEXT = _OLD.order_by(checkpoints.c.number).limit(1)
_REMOVE_ENTRIES = delete(entries).where(
    entries.c.chain == bindparam("of_chain"), entries.c.sequence <= bindparam("of_sequence")
)
_REMOVE_CHECKPOINTS = delete(checkpoints).where(
    checkpoints.c.chain == bindparam("of_chain"), checkpoints.c.number < bindparam("of_number")
)

_log = logging.getLogger("colonnade.audit")


class SqlAuditUpkeep:
    """Looks after the chains, within the unit of work."""

    def __init__(
        self, unit_of_work: SqlUnitOfWork, signer: Signer, keys: PublicKeys, settings: AuditSettings, clock: Clock
    ) -> None:
        self._unit_of_work = unit_of_work
        self._signer = signer
        self._keys = keys
        self._settings = settings
        self._clock = clock

    async def sign_due(self) -> int:
        """Sign the chains whose entries have waited long enough, and return how many there were."""
        now = self._clock.now()
        waited = now - timedelta(minutes=self._settings.checkpoint_minutes)
        rows = await self._unit_of_work.fetch_and_lock(_DUE, {"waited": waited})
        for row in rows:
            number = row.checkpoint_number + 1
            checkpoint = reached(self._signer, row.chain, number, row.sequence, bytes(row.hash), now)
            self._unit_of_work.at_commit(_ADD, checkpoint_row(checkpoint))
            self._unit_of_work.at_commit(_SIGNED, {"of_chain": row.chain, "new_number": number}, rows=1)
            self._unit_of_work.after_commit(partial(tell, checkpoint))
        return len(rows)

    async def prune(self, before: datetime, limit: int) -> int:
        """Remove entries up to checkpoints that were signed before a moment, if they are what was written."""
        removed = 0
        for row in await self._unit_of_work.fetch(_NAMES, {}):
            if removed >= limit:
                break
            removed += await self._prune(row.chain, before, limit - removed)
        return removed

    async def _prune(self, chain: str, before: datetime, limit: int) -> int:
        """Remove the old part of a chain; what has been tampered with is evidence, and stays."""
        beginning = await beginning_of(self._unit_of_work.fetch, chain)
        start = beginning.sequence if beginning is not None else 0
        end = await self._end(chain, before, start, limit)
        if end is None:
            return 0
        if not await self._is_sound(beginning, end):
            _log.error("the audit is not pruned: it is not what was written", extra={"chain": chain})
            return 0
        pruned = Checkpoint.signed(
            self._signer, chain, CheckpointKind.PRUNED, end.number, end.sequence, end.hash, self._clock.now()
        )
        where: dict[str, Any] = {"of_chain": chain}
        self._unit_of_work.at_commit(_REMOVE_ENTRIES, {**where, "of_sequence": end.sequence})
        self._unit_of_work.at_commit(_REMOVE_CHECKPOINTS, {**where, "of_number": end.number})
        self._unit_of_work.at_commit(_ADD, checkpoint_row(pruned))
        self._unit_of_work.after_commit(partial(tell, pruned))
        return end.sequence - start

    async def _end(self, chain: str, before: datetime, start: int, limit: int) -> Checkpoint | None:
        """Return the checkpoint that the chain is to begin at: the last old one that is near enough, or the next."""
        where = {"chain": chain, "before": before, "after": start}
        rows = await self._unit_of_work.fetch(_LAST_NEAR, {**where, "upto": start + limit})
        rows = rows or await self._unit_of_work.fetch(_NEXT, where)
        return checkpoint_of(rows[0]) if rows else None

    async def _is_sound(self, beginning: Checkpoint | None, end: Checkpoint) -> bool:
        fetch = self._unit_of_work.fetch
        walk = Verification(end.chain, self._keys, beginning=beginning, head=Head(end.sequence, end.hash, end.number))
        found = entries_of(fetch, end.chain, upto=end.sequence)
        async for _ in verify(walk, found, checkpoints_of(fetch, end.chain, upto=end.number)):
            return False
        return True
