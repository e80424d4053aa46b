"""Walking along a chain with its checkpoints: whatever was altered, removed, added or moved is found and named."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from colonnade.security.audit.checkpoints import Checkpoint, CheckpointKind
from colonnade.security.audit.entries import GENESIS, Entry
from colonnade.security.audit.signing import PublicKeys


class FaultKind(StrEnum):
    """What is wrong."""

    ALTERED = "altered"
    GAP = "gap"
    BROKEN_LINK = "broken_link"
    REWRITTEN = "rewritten"
    TRUNCATED = "truncated"
    FORGED_CHECKPOINT = "forged_checkpoint"
    REMOVED_CHECKPOINT = "removed_checkpoint"
    FORGED_BEGINNING = "forged_beginning"
    FORGED_ANCHOR = "forged_anchor"
    UNSIGNED = "unsigned"


class Fault(NamedTuple):
    """Something that is wrong, and where.

    Attributes:
        chain: In which chain.
        sequence: At which entry.
        kind: What.
        detail: The same, for people.
    """

    chain: str
    sequence: int
    kind: FaultKind
    detail: str


class Head(NamedTuple):
    """Where the writer of a chain says that it stands.

    Attributes:
        sequence: The last entry.
        hash: Its hash.
        checkpoint_number: The last checkpoint; 0 before the first.
    """

    sequence: int
    hash: bytes
    checkpoint_number: int


class Verification:
    """The walk along one chain: give it every entry and checkpoint in order. It keeps no more than its place."""

    def __init__(
        self,
        chain: str,
        keys: PublicKeys,
        *,
        beginning: Checkpoint | None = None,
        head: Head | None = None,
        unsigned_before: datetime | None = None,
    ) -> None:
        """Begin.

        Args:
            chain: Which chain.
            keys: Whose signatures are good.
            beginning: The signed statement that what came before was removed on purpose, if something was.
            head: Where the writer says that it stood before anything was read.
            unsigned_before: Entries older than that must be below a checkpoint.
        """
        self.chain = chain
        self.sequence = beginning.sequence if beginning else 0
        self._hash = beginning.hash if beginning else GENESIS
        self._number = (beginning.number if beginning else 1) - 1
        self._keys = keys
        self._beginning = beginning
        self._head = head
        self._unsigned_before = unsigned_before
        self._first_unsigned: Entry | None = None
        self._all_read = False

    def begin(self) -> Iterator[Fault]:
        """Yield what is wrong with the beginning."""
        beginning = self._beginning
        if beginning is None:
            return
        is_good = beginning.chain == self.chain and beginning.kind is CheckpointKind.PRUNED
        if not is_good or not beginning.is_genuine(self._keys):
            yield self._fault(FaultKind.FORGED_BEGINNING, "nobody signed that what came before was removed on purpose")

    def entry(self, entry: Entry) -> Iterator[Fault]:
        """Yield what is wrong with the next entry."""
        expected = self.sequence + 1
        if entry.sequence != expected:
            missing = f"entries {expected} to {entry.sequence - 1} are missing"
            detail = missing if entry.sequence > expected else f"it comes after entry {self.sequence}"
            yield Fault(self.chain, expected, FaultKind.GAP, detail)
        elif entry.previous != self._hash:
            yield self._at(entry, FaultKind.BROKEN_LINK, "it does not follow from the entry before it")
        if entry.chain != self.chain or not entry.is_whole:
            yield self._at(entry, FaultKind.ALTERED, "it is not what was written")
        self.sequence, self._hash = entry.sequence, entry.hash
        self._first_unsigned = self._first_unsigned or entry
        if self._head is not None and self._head.sequence == entry.sequence and self._head.hash != entry.hash:
            yield self._at(entry, FaultKind.REWRITTEN, "its writer remembers another one")

    def checkpoint(self, checkpoint: Checkpoint) -> Iterator[Fault]:
        """Yield what is wrong with the next checkpoint, which comes after the entry that it is about."""
        is_ours = checkpoint.chain == self.chain and checkpoint.kind is CheckpointKind.REACHED
        if not is_ours or not checkpoint.is_genuine(self._keys):
            yield self._of(checkpoint, FaultKind.FORGED_CHECKPOINT, f"checkpoint {checkpoint.number} was never signed")
            return
        if checkpoint.number != self._number + 1:
            detail = f"checkpoint {checkpoint.number} follows checkpoint {self._number}"
            yield self._of(checkpoint, FaultKind.REMOVED_CHECKPOINT, detail)
        self._number = checkpoint.number
        yield from self._matches(checkpoint)
        self._first_unsigned = None

    def anchor(self, anchor: Checkpoint) -> Iterator[Fault]:
        """Yield what a copy of a checkpoint from elsewhere shows to be wrong; it comes where the checkpoint does."""
        if self._beginning is not None and anchor.sequence < self._beginning.sequence:
            return
        if anchor.chain != self.chain or not anchor.is_genuine(self._keys):
            yield self._of(anchor, FaultKind.FORGED_ANCHOR, f"the copy of checkpoint {anchor.number} was never signed")
            return
        yield from self._matches(anchor)
        if anchor.number > self._number:
            detail = f"there is a copy of checkpoint {anchor.number}, which is gone"
            yield self._of(anchor, FaultKind.REMOVED_CHECKPOINT, detail)
            self._number = anchor.number

    def no_more_entries(self) -> None:
        """Hear that every entry was given: what checkpoints say of later ones shows that the end was cut off."""
        self._all_read = True

    def end(self) -> Iterator[Fault]:
        """Yield what is wrong with the end."""
        head, first = self._head, self._first_unsigned
        if head is None:
            yield self._fault(FaultKind.TRUNCATED, "the chain's writer does not know it")
        elif head.sequence > self.sequence:
            detail = f"entries {self.sequence + 1} to {head.sequence} are missing at the end"
            yield Fault(self.chain, self.sequence + 1, FaultKind.TRUNCATED, detail)
        if head is not None and head.checkpoint_number > self._number:
            detail = f"checkpoints after number {self._number} are missing: there were {head.checkpoint_number}"
            yield self._fault(FaultKind.REMOVED_CHECKPOINT, detail)
        if first is not None and self._unsigned_before is not None and first.at < self._unsigned_before:
            yield self._at(first, FaultKind.UNSIGNED, "from here on there is no checkpoint, although one is due")

    def _matches(self, checkpoint: Checkpoint) -> Iterator[Fault]:
        if checkpoint.sequence > self.sequence and self._all_read:
            detail = f"checkpoint {checkpoint.number} is about entry {checkpoint.sequence}, which is missing"
            yield Fault(self.chain, self.sequence + 1, FaultKind.TRUNCATED, detail)
        elif checkpoint.sequence == self.sequence and checkpoint.hash != self._hash:
            yield self._of(checkpoint, FaultKind.REWRITTEN, f"checkpoint {checkpoint.number} signed another entry")

    def _fault(self, kind: FaultKind, detail: str) -> Fault:
        return Fault(self.chain, self.sequence, kind, detail)

    def _at(self, entry: Entry, kind: FaultKind, detail: str) -> Fault:
        return Fault(self.chain, entry.sequence, kind, detail)

    def _of(self, checkpoint: Checkpoint, kind: FaultKind, detail: str) -> Fault:
        return Fault(self.chain, checkpoint.sequence, kind, detail)


async def verify(
    walk: Verification,
    entries: AsyncIterable[Entry],
    checkpoints: AsyncIterable[Checkpoint],
    anchors: Iterable[Checkpoint] = (),
) -> AsyncIterator[Fault]:
    """Yield everything that is wrong with a chain, in constant memory but for the anchors.

    Args:
        walk: The walk, which has not begun.
        entries: The entries by sequence.
        checkpoints: The checkpoints by number, without the beginning.
        anchors: Copies of checkpoints that were kept elsewhere.
    """
    for fault in walk.begin():
        yield fault
    signed = _Queue(aiter(checkpoints), walk.checkpoint)
    kept = _Queue(_each(sorted(anchors, key=lambda anchor: (anchor.sequence, anchor.number))), walk.anchor)
    async for entry in entries:
        for queue in (signed, kept):
            async for fault in queue.faults(before=entry.sequence):
                yield fault
        for fault in walk.entry(entry):
            yield fault
    walk.no_more_entries()
    for queue in (signed, kept):
        async for fault in queue.faults():
            yield fault
    for fault in walk.end():
        yield fault


class _Queue:
    """Checkpoints that wait until the walk has come to their entries."""

    def __init__(self, checkpoints: AsyncIterator[Checkpoint], check: Callable[[Checkpoint], Iterator[Fault]]) -> None:
        self._checkpoints = checkpoints
        self._check = check
        self._next: Checkpoint | None = None
        self._ended = False

    async def faults(self, *, before: int | None = None) -> AsyncIterator[Fault]:
        """Check those that are about entries before one, or all that are left."""
        while not self._ended:
            self._next = self._next or await anext(self._checkpoints, None)
            if self._next is None:
                self._ended = True
            elif before is None or self._next.sequence < before:
                for fault in self._check(self._next):
                    yield fault
                self._next = None
            else:
                return


async def _each(checkpoints: Iterable[Checkpoint]) -> AsyncIterator[Checkpoint]:
    for checkpoint in checkpoints:
        yield checkpoint
