"""Entries of a hash chain: each holds the hash of the one before it (Haber and Stornetta, 1991)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from colonnade.security.audit.encoding import canonical, flattened, microseconds

GENESIS = bytes(32)
"""What the first entry of a chain holds instead of the hash of one before it."""

_LABEL = "colonnade.audit.entry.v1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        chain: Which chain.
        sequence: Place in it, from 1, without gaps.
        previous: Hash of the entry before it.
        at: When it happened, to the microsecond.
        facts: What happened, as flat text.
        hash: SHA-256 over all of that.
    """

    chain: str
    sequence: int
    previous: bytes
    at: datetime
    facts: Mapping[str, str]
    hash: bytes

    @classmethod
    def following(cls, chain: str, sequence: int, previous: bytes, at: datetime, facts: Mapping[str, str]) -> "Entry":
        """Make the entry that comes after another.

        Args:
            chain: Which chain.
            sequence: The other's place plus one.
            previous: The other's hash, or `GENESIS`.
            at: When it happened.
            facts: What happened.
        """
        return cls(chain, sequence, previous, at, facts, hash_of(chain, sequence, previous, at, facts))

    @property
    def is_whole(self) -> bool:
        """Whether it is still what was written."""
        return self.hash == hash_of(self.chain, self.sequence, self.previous, self.at, self.facts)


def hash_of(chain: str, sequence: int, previous: bytes, at: datetime, facts: Mapping[str, str]) -> bytes:
    """Return the hash of an entry."""
    parts = (chain, sequence, previous, microseconds(at), *flattened(facts))
    return sha256(canonical(_LABEL, parts)).digest()
