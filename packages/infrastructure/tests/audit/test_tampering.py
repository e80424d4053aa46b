"""Whatever is done to the tables behind the writer's back is found, with its chain and place."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Executable, delete, insert, select, update

from colonnade.infrastructure.audit.reading import checkpoints_of
from colonnade.infrastructure.audit.tables import FACTS, chains, checkpoints, entries
from colonnade.security.audit import Entry, FaultKind

from .conftest import KEY, WORKSPACE, Audit

CHAIN = str(WORKSPACE)

_entry, _signed, _head = entries.c, checkpoints.c, chains.c


def at(sequence: int) -> Any:  # a condition
    return (_entry.chain == CHAIN) & (_entry.sequence == sequence)


async def filled(audit: Audit) -> Audit:
    """Write ten entries with three checkpoints."""
    metadata = dict.fromkeys(("caller", "console", "session", "token", "address", "agent", "causation_id"), "x")
    await audit.fill(10, correlation_id="c", message="m", service="1", **metadata)
    assert await audit.found() == []
    return audit


@pytest.mark.parametrize("column", [*FACTS, "previous", "hash", "at", "chain"])
async def test_no_column_of_an_entry_can_be_altered_unseen(audit: Audit, column: str) -> None:
    await filled(audit)
    values: dict[str, object] = {"previous": bytes(32), "hash": bytes(32), "at": audit.clock.now() + timedelta(days=1)}
    await audit.tamper(update(entries).where(at(5)).values({column: values.get(column, "other")}))
    assert 5 in {sequence for sequence, _ in await audit.found()}


@pytest.mark.parametrize("column", ["agent", "caller"])
async def test_a_fact_cannot_be_taken_away_unseen(audit: Audit, column: str) -> None:
    await filled(audit)
    await audit.tamper(update(entries).where(at(5)).values({column: None}))
    assert await audit.found() == [(5, "altered")]


TAMPERINGS: dict[str, tuple[Callable[[], Executable], list[tuple[int, str]]]] = {
    "an entry is removed": (lambda: delete(entries).where(at(5)), [(5, "gap")]),
    "the last entry is removed": (lambda: delete(entries).where(at(10)), [(10, "truncated")]),
    "the first entry is removed": (lambda: delete(entries).where(at(1)), [(1, "gap")]),
    "entries are removed to the end": (
        lambda: delete(entries).where(_entry.sequence > 7),
        [(8, "truncated"), (8, "truncated")],
    ),
    "all entries are removed": (
        lambda: delete(entries),
        [(1, "truncated"), (1, "truncated"), (1, "truncated"), (1, "truncated")],
    ),
    "a checkpoint is removed": (
        lambda: delete(checkpoints).where(_signed.number == 2),
        [(9, "removed_checkpoint")],
    ),
    "the last checkpoint is removed": (
        lambda: delete(checkpoints).where(_signed.number == 3),
        [(10, "removed_checkpoint")],
    ),
    "a checkpoint is altered": (
        lambda: update(checkpoints).where(_signed.number == 3).values(hash=bytes(32)),
        [(9, "forged_checkpoint"), (10, "removed_checkpoint")],
    ),
    "a checkpoint is called a beginning": (
        lambda: update(checkpoints).where(_signed.number == 3).values(kind="pruned"),
        [(9, "forged_beginning"), (10, "gap")],
    ),
    "the writer's memory is removed": (lambda: delete(chains), [(10, "truncated")]),
    "the writer's memory is altered": (lambda: update(chains).values(hash=bytes(32)), [(10, "rewritten")]),
}


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_it_is_found(audit: Audit, what: str) -> None:
    await filled(audit)
    tamper, expected = TAMPERINGS[what]
    await audit.tamper(tamper())
    assert set(expected) <= set(await audit.found())


async def test_entries_that_changed_places_are_found(audit: Audit) -> None:
    await filled(audit)
    for old, new in ((4, 100), (5, 4), (100, 5)):
        await audit.tamper(update(entries).where(at(old)).values(sequence=new))
    assert {4, 5} <= {sequence for sequence, _ in await audit.found()}


@pytest.mark.parametrize("sequence", [-7, -(2**31), -(2**40), -(2**63)])
async def test_an_entry_put_before_the_beginning_is_found(audit: Audit, sequence: int) -> None:
    await filled(audit)
    forged = Entry.following(CHAIN, sequence, bytes(32), audit.clock.now(), {})
    row = {"previous": forged.previous, "hash": forged.hash, "at": forged.at}
    facts = {"event_id": "f", "type": "t", "stream": "s", "outcome": "done", "details": "{}"}
    await audit.tamper(insert(entries).values(chain=CHAIN, sequence=sequence, **row, **facts))
    assert await audit.found() != []


async def test_a_history_rewritten_to_its_end_is_found(audit: Audit) -> None:
    """Every hash is right and the writer's memory is altered too; the signatures are not."""
    await filled(audit)
    rows = await audit.database.fetch(select(entries).order_by(_entry.sequence))
    previous = bytes(32)
    for row in rows:
        facts = {name: getattr(row, name) for name in FACTS if getattr(row, name) is not None}
        altered = Entry.following(CHAIN, row.sequence, previous, row.at, facts | {"caller": "eve"})
        new = {"previous": previous, "hash": altered.hash, "caller": "eve"}
        await audit.tamper(update(entries).where(at(row.sequence)).values(new))
        previous = altered.hash
    await audit.tamper(update(chains).values(hash=previous))
    assert await audit.found() == [(3, "rewritten"), (6, "rewritten"), (9, "rewritten")]


async def test_a_chain_cut_off_with_everything_that_tells_of_it_is_found_by_an_anchor(audit: Audit) -> None:
    await filled(audit)
    anchors = [each async for each in checkpoints_of(audit.database.fetch, CHAIN, upto=99)]
    await audit.tamper(delete(entries).where(_entry.sequence > 7))
    await audit.tamper(delete(checkpoints).where(_signed.sequence > 7))
    last = (await audit.database.fetch(select(_entry.hash).where(at(7))))[0][0]
    await audit.tamper(update(chains).values(sequence=7, hash=last, checkpoint_number=2))
    assert await audit.found() == []
    assert await audit.found(anchors) == [(8, "truncated"), (9, "removed_checkpoint")]


async def test_a_chain_removed_without_a_trace_is_found_by_an_anchor(audit: Audit) -> None:
    await filled(audit)
    anchors = [each async for each in checkpoints_of(audit.database.fetch, CHAIN, upto=99)]
    for table in (entries, checkpoints, chains):
        await audit.tamper(delete(table))
    assert await audit.found() == []
    assert {kind for _, kind in await audit.found(anchors)} == {"truncated", "removed_checkpoint"}


async def test_a_chain_stripped_of_its_checkpoints_is_found(audit: Audit) -> None:
    await filled(audit)
    await audit.tamper(delete(checkpoints))
    await audit.tamper(update(chains).values(checkpoint_number=0))
    audit.clock.advance(hours=1)
    assert await audit.found() == [(1, FaultKind.UNSIGNED.value)]


async def test_one_chain_does_not_accuse_another(audit: Audit) -> None:
    await filled(audit)
    await audit.tamper(update(entries).where(at(5)).values(agent="eve"))
    assert {fault.chain for fault in await audit.faults()} == {CHAIN}
    assert KEY.kid in {row.kid for row in await audit.database.fetch(select(checkpoints))}
