"""Whatever is done to a chain behind its writer's back is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.audit import Checkpoint, CheckpointKind, Ed25519Key, Entry, FaultKind, Head

from .chains import CHAIN, NOON, Chain, chain_of, rehashed, sign

LENGTH = 10
INDEX = st.integers(0, LENGTH - 1)
OTHER_KEY = Ed25519Key(bytes(32))

ALTERATIONS: list[Callable[[Entry], Entry]] = [
    lambda entry: replace(entry, chain="papers"),
    lambda entry: replace(entry, at=entry.at + timedelta(microseconds=1)),
    lambda entry: replace(entry, facts={**entry.facts, "who": "eve"}),
    lambda entry: replace(entry, facts={"what": entry.facts["what"]}),
    lambda entry: replace(entry, facts={**entry.facts, "more": ""}),
    lambda entry: replace(entry, previous=bytes(32 - 1) + b"x"),
    lambda entry: replace(entry, hash=bytes(32)),
    lambda entry: replace(entry, sequence=entry.sequence + 100),
]


async def test_a_chain_that_nobody_touched_has_no_faults() -> None:
    chain = chain_of(LENGTH)
    assert await chain.faults(anchors=chain.checkpoints) == []


async def test_a_chain_without_entries_has_no_faults() -> None:
    assert await Chain([], [], Head(0, bytes(32), 0)).faults() == []


@given(INDEX, st.sampled_from(ALTERATIONS))
async def test_any_alteration_of_an_entry_is_found(index: int, alter: Callable[[Entry], Entry]) -> None:
    chain = chain_of(LENGTH)
    chain.entries[index] = alter(chain.entries[index])
    assert await chain.faults()


@given(INDEX)
async def test_an_alteration_with_a_hash_of_its_own_is_found(index: int) -> None:
    """The entry after it, or the writer's memory, holds the hash that it had."""
    chain = chain_of(LENGTH, every=LENGTH * 2)
    old = chain.entries[index]
    chain.entries[index] = Entry.following(old.chain, old.sequence, old.previous, old.at, {"what": "nothing"})
    expected = FaultKind.REWRITTEN if index == LENGTH - 1 else FaultKind.BROKEN_LINK
    assert [fault.kind for fault in await chain.faults()] == [expected]


@given(INDEX)
async def test_a_removed_entry_is_found_where_it_was(index: int) -> None:
    chain = chain_of(LENGTH)
    del chain.entries[index]
    (first, *_) = await chain.faults()
    assert first.sequence == index + 1
    assert first.kind is (FaultKind.TRUNCATED if index == LENGTH - 1 else FaultKind.GAP)


@given(INDEX, INDEX)
async def test_two_entries_that_changed_places_are_found(one: int, other: int) -> None:
    """With their sequences left to the rows, and with the sequences kept in order."""
    chain = chain_of(LENGTH)
    entries = chain.entries
    entries[one], entries[other] = entries[other], entries[one]
    assert bool(await chain.faults()) is (one != other)
    chain.entries = [replace(entry, sequence=place) for place, entry in enumerate(entries, 1)]
    assert bool(await chain.faults()) is (one != other)


@given(INDEX)
async def test_an_entry_that_was_put_in_is_found(index: int) -> None:
    chain = chain_of(LENGTH)
    chain.entries.insert(index, chain.entries[index])
    assert await chain.faults()


@given(st.integers(0, LENGTH - 2))
async def test_hashing_the_rest_anew_does_not_hide_an_alteration(index: int) -> None:
    """A checkpoint signed another hash, and the writer remembers another end."""
    chain = chain_of(LENGTH)
    chain.entries[index] = replace(chain.entries[index], facts={"what": "nothing"})
    chain.entries = rehashed(chain.entries, index)
    assert FaultKind.REWRITTEN in {fault.kind for fault in await chain.faults()}


@given(st.integers(0, 2))
async def test_a_removed_checkpoint_is_found(index: int) -> None:
    chain = chain_of(LENGTH)
    del chain.checkpoints[index]
    assert {fault.kind for fault in await chain.faults()} == {FaultKind.REMOVED_CHECKPOINT}


@pytest.mark.parametrize(
    "forge",
    [
        lambda genuine: replace(genuine, hash=bytes(32)),
        lambda genuine: replace(genuine, signature=bytes(64)),
        lambda genuine: replace(genuine, signature=b""),
        lambda genuine: replace(genuine, kid="another"),
        lambda genuine: replace(genuine, at=genuine.at + timedelta(days=1)),
        lambda genuine: replace(genuine, kind=CheckpointKind.PRUNED),
    ],
)
async def test_a_forged_checkpoint_is_found(forge: Callable[[Checkpoint], Checkpoint]) -> None:
    chain = chain_of(LENGTH)
    chain.checkpoints[1] = forge(chain.checkpoints[1])
    assert FaultKind.FORGED_CHECKPOINT in {fault.kind for fault in await chain.faults()}


async def test_a_key_of_somebody_else_signs_nothing() -> None:
    chain = chain_of(LENGTH)
    chain.checkpoints[0] = sign(chain.entries[2], 1, key=OTHER_KEY)
    assert (await chain.faults())[0].kind is FaultKind.FORGED_CHECKPOINT


async def test_a_checkpoint_of_another_chain_signs_nothing_here() -> None:
    chain = chain_of(LENGTH)
    foreign = replace(chain.entries[2], chain="papers")
    chain.checkpoints[0] = replace(sign(foreign, 1), chain=CHAIN)
    assert (await chain.faults())[0].kind is FaultKind.FORGED_CHECKPOINT


async def test_an_end_cut_off_behind_the_last_checkpoint_is_found_by_the_writers_memory() -> None:
    chain = chain_of(LENGTH)
    chain.entries.pop()
    assert [(fault.kind, fault.sequence) for fault in await chain.faults()] == [(FaultKind.TRUNCATED, LENGTH)]


async def test_an_end_cut_off_before_the_last_checkpoint_is_found_although_the_writer_forgot() -> None:
    chain = chain_of(LENGTH)
    del chain.entries[7:]
    chain.head = Head(7, chain.entries[-1].hash, 3)
    assert [(fault.kind, fault.sequence) for fault in await chain.faults()] == [(FaultKind.TRUNCATED, 8)]


async def test_an_end_cut_off_with_its_checkpoints_is_found_by_an_anchor() -> None:
    """Everything in the database agrees; only what was kept elsewhere does not."""
    chain, whole = chain_of(7), chain_of(LENGTH)
    assert await chain.faults() == []
    kinds = {fault.kind for fault in await chain.faults(anchors=whole.checkpoints)}
    assert kinds == {FaultKind.TRUNCATED, FaultKind.REMOVED_CHECKPOINT}


async def test_an_anchor_that_nobody_signed_is_told() -> None:
    chain = chain_of(LENGTH)
    forged = replace(chain.checkpoints[0], hash=bytes(32))
    assert [fault.kind for fault in await chain.faults(anchors=[forged])] == [FaultKind.FORGED_ANCHOR]


async def test_a_chain_stripped_of_its_checkpoints_is_found_once_one_is_due() -> None:
    chain = chain_of(LENGTH, every=100)
    assert await chain.faults(unsigned_before=NOON) == []
    (fault,) = await chain.faults(unsigned_before=NOON + timedelta(hours=1))
    assert (fault.kind, fault.sequence) == (FaultKind.UNSIGNED, 1)


async def test_a_chain_that_its_writer_does_not_know_is_told() -> None:
    chain = chain_of(LENGTH)
    chain.head = None
    assert [fault.kind for fault in await chain.faults()] == [FaultKind.TRUNCATED]


def pruned() -> Chain:
    """Return a chain that begins at its second checkpoint."""
    chain = chain_of(LENGTH)
    chain.beginning = sign(chain.entries[5], 2, CheckpointKind.PRUNED)
    del chain.entries[:6], chain.checkpoints[:1]
    return chain


async def test_a_chain_pruned_up_to_a_signed_beginning_holds() -> None:
    assert await pruned().faults(anchors=chain_of(LENGTH).checkpoints) == []


async def test_a_chain_pruned_by_nobody_does_not_hold() -> None:
    """A checkpoint alone, or a statement that nobody signed, is no leave to remove what came before."""
    chain = pruned()
    genuine, chain.beginning = chain.beginning, None
    assert FaultKind.GAP in {fault.kind for fault in await chain.faults()}
    chain.beginning = chain.checkpoints[0]
    assert {fault.kind for fault in await chain.faults()} == {FaultKind.FORGED_BEGINNING}
    assert genuine is not None
    chain.beginning = replace(genuine, sequence=7)
    assert FaultKind.FORGED_BEGINNING in {fault.kind for fault in await chain.faults()}


async def test_more_pruned_than_was_signed_is_found() -> None:
    chain = pruned()
    del chain.entries[0]
    assert [(fault.kind, fault.sequence) for fault in await chain.faults()] == [(FaultKind.GAP, 7)]


async def test_ten_thousand_entries_are_verified() -> None:
    chain = chain_of(10_000, every=100)
    assert await chain.faults() == []
