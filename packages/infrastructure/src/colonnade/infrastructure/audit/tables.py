"""The tables of the audit. Every column of an entry but its hash goes into the hash, as text."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.security.audit import Checkpoint, CheckpointKind, Entry

SERVICE: Final = "service"
"""The chain of what belongs to no workspace; that of a workspace is called by its id."""

FACTS: Final = (
    *("event_id", "type", "stream", "message", "outcome", "caller", "person", "console", "service", "session"),
    *("token", "address", "agent", "correlation", "causation", "details"),
)
"""The columns of an entry's facts."""

_ALWAYS = {"event_id", "type", "stream", "outcome", "details"}

entries = Table(
    "audit_entries",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    *(Column(name, Text, nullable=name not in _ALWAYS) for name in FACTS),
    UniqueConstraint("event_id", name="uq_audit_entries_event_id"),
    Index("ix_audit_entries_at", "chain", "at"),
    Index("ix_audit_entries_caller", "chain", "caller", "sequence"),
    Index("ix_audit_entries_person", "chain", "person", "sequence"),
    Index("ix_audit_entries_message", "chain", "message", "sequence"),
    Index("ix_audit_entries_outcome", "chain", "outcome", "sequence"),
    Index("ix_audit_entries_correlation", "correlation"),
)

checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kid", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

chains = Table(
    "audit_chains",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("checkpoint_number", Integer, nullable=False),
    Column("checkpoint_sequence", BigInteger, nullable=False),
    Column("unsigned_since", UtcDateTime),
)
"""Where each chain stands: its last entry, its last checkpoint, and the time of the oldest entry after that."""


def chain_of(workspace_id: UUID | None) -> str:
    """Return the name of the chain of a workspace, or of the service."""
    return SERVICE if workspace_id is None else str(workspace_id)


def entry_of(row: Any) -> Entry:  # a row of the table
    """Return the entry that a row holds."""
    facts = {name: value for name in FACTS if (value := getattr(row, name)) is not None}
    return Entry(row.chain, row.sequence, bytes(row.previous), row.at, facts, bytes(row.hash))


def entry_row(entry: Entry) -> dict[str, Any]:  # values of several types
    """Return the row of an entry."""
    facts = {name: entry.facts.get(name) for name in FACTS}
    own = {"chain": entry.chain, "sequence": entry.sequence, "previous": entry.previous}
    return {**own, "hash": entry.hash, "at": entry.at, **facts}


def checkpoint_of(row: Any) -> Checkpoint:  # a row of the table
    """Return the checkpoint that a row holds.

    Raises:
        ValueError: The row is of a kind that there is not.
    """
    kind = CheckpointKind(row.kind)
    return Checkpoint(row.chain, kind, row.number, row.sequence, bytes(row.hash), row.at, row.kid, bytes(row.signature))


def checkpoint_row(checkpoint: Checkpoint) -> dict[str, Any]:  # values of several types
    """Return the row of a checkpoint."""
    return {name: getattr(checkpoint, name) for name in checkpoints.c.keys()}  # noqa: SIM118 - not a dict
