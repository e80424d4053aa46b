"""What is old goes, up to a signed checkpoint, and what stays can still be verified."""

import pytest
from sqlalchemy import delete, func, select, update

from colonnade.infrastructure.audit.reading import beginning_of
from colonnade.infrastructure.audit.tables import checkpoints, entries

from .conftest import KEYS, WORKSPACE, Audit


async def first(audit: Audit) -> int:
    """Return the first sequence that is there."""
    return int((await audit.database.fetch(select(func.min(entries.c.sequence))))[0][0])


@pytest.fixture
async def old(audit: Audit) -> Audit:
    """Ten entries of a year ago, and two of today."""
    await audit.fill(10)
    audit.clock.advance(days=365)
    await audit.fill(2)
    return audit


async def test_old_entries_go_up_to_a_checkpoint(old: Audit) -> None:
    assert await old.prune(30) == 9
    assert await first(old) == 10
    beginning = await beginning_of(old.database.fetch, str(WORKSPACE))
    assert beginning is not None
    assert (beginning.sequence, beginning.is_genuine(KEYS)) == (9, True)
    assert await old.found() == []


async def test_nothing_goes_twice_and_the_chain_goes_on(old: Audit) -> None:
    await old.prune(30)
    assert await old.prune(30) == 0
    await old.fill(5)
    old.clock.advance(days=365)
    assert await old.prune(30) > 0
    assert await old.sign() == 1
    assert await old.found() == []


async def test_young_entries_stay(old: Audit) -> None:
    assert await old.prune(400) == 0
    assert await first(old) == 1


async def test_only_so_many_go_at_a_time_but_at_least_to_the_next_checkpoint(old: Audit) -> None:
    assert await old.prune(30, limit=1) == 3
    assert await old.prune(30, limit=4) == 3
    assert await old.prune(30, limit=100) == 3
    assert await old.found() == []


async def test_more_than_what_was_signed_away_is_missed(old: Audit) -> None:
    await old.prune(30)
    await old.tamper(delete(entries).where(entries.c.sequence == 10))
    assert await old.found() == [(10, "gap")]


async def test_a_beginning_that_nobody_signed_is_found(old: Audit) -> None:
    """Whoever removes entries by themselves cannot say that it was retention."""
    await old.prune(30, limit=3)
    await old.tamper(delete(entries).where(entries.c.sequence <= 6))
    moved = await old.database.fetch(select(checkpoints).where(checkpoints.c.number == 2))
    changes = {"number": 2, "sequence": 6, "hash": moved[0].hash}
    await old.tamper(update(checkpoints).where(checkpoints.c.kind == "pruned").values(changes))
    assert "forged_beginning" in {kind for _, kind in await old.found()}


async def test_evidence_of_tampering_is_not_removed(old: Audit) -> None:
    await old.tamper(update(entries).where(entries.c.sequence == 2).values(agent="eve"))
    assert await old.prune(30) == 0
    assert (2, "altered") in await old.found()


async def test_entries_cannot_be_made_old(old: Audit) -> None:
    """What counts is when they were signed, which nobody can alter."""
    audit = old
    await audit.fill(3)
    long_ago = audit.clock.now().replace(year=2001)
    await audit.tamper(update(entries).where(entries.c.sequence > 10).values(at=long_ago))
    await audit.tamper(update(checkpoints).where(checkpoints.c.sequence > 10).values(at=long_ago))
    assert await audit.prune(30) == 0
