"""The writer of the chains: entries, checkpoints and the subscription's own checkpoint in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from colonnade.application.audit.chaining import AuditSettings
from colonnade.application.audit.description import Record
from colonnade.core import Clock
from colonnade.infrastructure.audit.signing import reached, tell
from colonnade.infrastructure.audit.tables import (
    SERVICE,
    chain_of,
    chains,
    checkpoint_row,
    checkpoints,
    entries,
    entry_row,
)
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.security.audit import GENESIS, Checkpoint, Entry, Signer

_HEADS = (
    select(chains)
    .where(chains.c.chain.in_(bindparam("names", expanding=True)))
    .order_by(chains.c.chain)
    .with_for_update()
)
_ADD_ENTRY = insert(entries)
_ADD_CHECKPOINT = insert(checkpoints)
_ADD_HEAD = insert(chains)
_MOVE_HEAD = (
    update(chains)
    .where(chains.c.chain == bindparam("of_chain"), chains.c.sequence == bindparam("of_sequence"))
    .values({name: bindparam(f"new_{name}", type_=chains.c[name].type) for name in chains.c.keys()[1:]})
)


@dataclass
class _Head:
    """Where a chain stands."""

    chain: str
    sequence: int = 0
    hash: bytes = GENESIS
    checkpoint_number: int = 0
    checkpoint_sequence: int = 0
    unsigned_since: datetime | None = None


class SqlAuditChains:
    """Adds entries to chains, each after the last one that was committed: whoever comes second waits for its row."""

    def __init__(self, unit_of_work: SqlUnitOfWork, signer: Signer, settings: AuditSettings, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._signer = signer
        self._settings = settings
        self._clock = clock

    async def append(self, records: Sequence[Record]) -> None:
        """Add entries to the chains that they belong to, and sign the checkpoints that are due."""
        named = sorted({chain_of(record.workspace_id) for record in records} | {SERVICE})
        rows = await self._unit_of_work.fetch_and_lock(_HEADS, {"names": named})
        heads = {row.chain: _Head(*row) for row in rows}
        known = {name: head.sequence for name, head in heads.items()}
        signed = list[Checkpoint]()
        for record in records:
            head = self._head(record, heads)
            self._add(record, head)
            if head.sequence - head.checkpoint_sequence >= self._settings.checkpoint_entries:
                signed.append(self._sign(head))
        waited = self._clock.now() - timedelta(minutes=self._settings.checkpoint_minutes)
        for head in heads.values():
            if head.unsigned_since is not None and head.unsigned_since <= waited:
                signed.append(self._sign(head))
        for checkpoint in signed:
            self._unit_of_work.at_commit(_ADD_CHECKPOINT, checkpoint_row(checkpoint))
        latest = {checkpoint.chain: checkpoint for checkpoint in signed}
        for head in heads.values():
            if head.chain in latest or known.get(head.chain) != head.sequence:
                self._keep(head, known.get(head.chain))
        for checkpoint in latest.values():
            self._unit_of_work.after_commit(partial(tell, checkpoint))

    @staticmethod
    def _head(record: Record, heads: dict[str, _Head]) -> _Head:
        name = chain_of(record.workspace_id)
        if name not in heads and not record.begins_chain:
            name = SERVICE
        return heads.setdefault(name, _Head(name))

    def _add(self, record: Record, head: _Head) -> None:
        entry = Entry.following(head.chain, head.sequence + 1, head.hash, record.at, record.facts)
        self._unit_of_work.at_commit(_ADD_ENTRY, entry_row(entry))
        head.sequence, head.hash = entry.sequence, entry.hash
        head.unsigned_since = head.unsigned_since or record.at

    def _sign(self, head: _Head) -> Checkpoint:
        head.checkpoint_number, head.checkpoint_sequence = head.checkpoint_number + 1, head.sequence
        head.unsigned_since = None
        return reached(self._signer, head.chain, head.checkpoint_number, head.sequence, head.hash, self._clock.now())

    def _keep(self, head: _Head, known: int | None) -> None:
        values: dict[str, Any] = {name: getattr(head, name) for name in chains.c.keys()}  # noqa: SIM118 - not a dict
        if known is None:
            self._unit_of_work.at_commit(_ADD_HEAD, values)
            return
        changed = {f"new_{name}": value for name, value in values.items() if name != "chain"}
        self._unit_of_work.at_commit(_MOVE_HEAD, {"of_chain": head.chain, "of_sequence": known, **changed}, rows=1)
