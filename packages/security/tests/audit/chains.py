"""Chains for the tests: entries with checkpoints at some of them, and everything that is found wrong with them."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from colonnade.security.audit import (
    GENESIS,
    Checkpoint,
    CheckpointKind,
    Ed25519Key,
    Entry,
    Fault,
    Head,
    PublicKeys,
    Verification,
    verify,
)

CHAIN = "books"
KEY = Ed25519Key(bytes(range(32)))
KEYS = PublicKeys.of(KEY)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

Item = TypeVar("Item")


@dataclass
class Chain:
    """A chain as it is kept, which a test may alter."""

    entries: list[Entry]
    checkpoints: list[Checkpoint]
    head: Head | None
    beginning: Checkpoint | None = None

    async def faults(
        self, *, anchors: Sequence[Checkpoint] = (), unsigned_before: datetime | None = None
    ) -> list[Fault]:
        """Verify it."""
        walk = Verification(CHAIN, KEYS, beginning=self.beginning, head=self.head, unsigned_before=unsigned_before)
        return [fault async for fault in verify(walk, _stream(self.entries), _stream(self.checkpoints), anchors)]


async def _stream(items: Iterable[Item]) -> AsyncIterator[Item]:
    for item in items:
        yield item


def sign(entry: Entry, number: int, kind: CheckpointKind = CheckpointKind.REACHED, key: Ed25519Key = KEY) -> Checkpoint:
    """Sign an entry."""
    return Checkpoint.signed(key.signer, entry.chain, kind, number, entry.sequence, entry.hash, entry.at)


def chain_of(length: int, every: int = 3) -> Chain:
    """Make a chain with a checkpoint at every so manyth entry."""
    entries, checkpoints, previous = list[Entry](), list[Checkpoint](), GENESIS
    for sequence in range(1, length + 1):
        at = NOON + timedelta(seconds=sequence)
        entry = Entry.following(CHAIN, sequence, previous, at, {"what": f"lent {sequence}", "who": "ada"})
        entries.append(entry)
        previous = entry.hash
        if sequence % every == 0:
            checkpoints.append(sign(entry, len(checkpoints) + 1))
    return Chain(entries, checkpoints, Head(length, previous, len(checkpoints)))


def rehashed(entries: Sequence[Entry], start: int) -> list[Entry]:
    """Return entries of which those from a place on are hashed anew, as somebody would who covers their tracks."""
    kept = list(entries[:start])
    for entry in entries[start:]:
        previous = kept[-1].hash if kept else GENESIS
        kept.append(Entry.following(entry.chain, len(kept) + 1, previous, entry.at, entry.facts))
    return kept
