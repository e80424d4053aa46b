"""Signing how far a chain went, and telling the log of it, so that a copy exists where the database cannot reach."""

import logging
from datetime import datetime

from colonnade.security.audit import Checkpoint, CheckpointKind, Signer

ANCHOR = "audit checkpoint"
"""The log's line with a checkpoint."""

_log = logging.getLogger("colonnade.audit")


def reached(signer: Signer, chain: str, number: int, sequence: int, of: bytes, at: datetime) -> Checkpoint:
    """Sign that a chain went so far."""
    return Checkpoint.signed(signer, chain, CheckpointKind.REACHED, number, sequence, of, at)


def tell(checkpoint: Checkpoint) -> None:
    """Write a checkpoint to the log: collected elsewhere, it is an anchor."""
    _log.info(ANCHOR, extra=checkpoint.to_json())
