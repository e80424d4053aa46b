"""Reading chains a page at a time, within a unit of work or outside."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import Executable, bindparam, select

from colonnade.infrastructure.audit.tables import checkpoint_of, checkpoints, entries, entry_of
from colonnade.infrastructure.database.engine import Rows
from colonnade.security.audit import Checkpoint, CheckpointKind, Entry

Fetch = Callable[[Executable, Mapping[str, Any]], Awaitable[Rows]]  # parameters of any type

PAGE = 500
_FIRST_SEQUENCE = -(2**63)
_FIRST_NUMBER = -(2**31)

_ENTRIES = (
    select(entries)
    .where(
        entries.c.chain == bindparam("chain"),
        entries.c.sequence >= bindparam("start"),
        entries.c.sequence <= bindparam("upto"),
    )
    .order_by(entries.c.sequence)
    .limit(PAGE)
)
_CHECKPOINTS = (
    select(checkpoints)
    .where(
        checkpoints.c.chain == bindparam("chain"),
        checkpoints.c.kind == CheckpointKind.REACHED.value,
        checkpoints.c.number >= bindparam("start"),
        checkpoints.c.number <= bindparam("upto"),
    )
    .order_by(checkpoints.c.number)
    .limit(PAGE)
)
_BEGINNING = (
    select(checkpoints)
    .where(checkpoints.c.chain == bindparam("chain"), checkpoints.c.kind == CheckpointKind.PRUNED.value)
    .order_by(checkpoints.c.sequence.desc())
    .limit(1)
)


async def entries_of(fetch: Fetch, chain: str, *, upto: int) -> AsyncIterator[Entry]:
    """Yield the entries of a chain by sequence, up to one; also those that nobody who writes them would number so."""
    start = _FIRST_SEQUENCE
    while True:
        rows = await fetch(_ENTRIES, {"chain": chain, "start": start, "upto": upto})
        for row in rows:
            yield entry_of(row)
        if len(rows) < PAGE:
            return
        start = rows[-1].sequence + 1


async def checkpoints_of(fetch: Fetch, chain: str, *, upto: int) -> AsyncIterator[Checkpoint]:
    """Yield the checkpoints of a chain by number, without those that say where it begins."""
    start = _FIRST_NUMBER
    while True:
        rows = await fetch(_CHECKPOINTS, {"chain": chain, "start": start, "upto": upto})
        for row in rows:
            yield checkpoint_of(row)
        if len(rows) < PAGE:
            return
        start = rows[-1].number + 1


async def beginning_of(fetch: Fetch, chain: str) -> Checkpoint | None:
    """Return the statement that what came before was removed on purpose, if there is one."""
    rows = await fetch(_BEGINNING, {"chain": chain})
    return checkpoint_of(rows[0]) if rows else None
