"""An audit that cannot be altered unseen: entries in a hash chain, signed checkpoints, and what finds every change."""

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "audit", "cryptography")

from colonnade.security.audit.checkpoints import Checkpoint, CheckpointKind, NotACheckpoint, read_anchors
from colonnade.security.audit.entries import GENESIS, Entry
from colonnade.security.audit.exports import csv_line, json_line
from colonnade.security.audit.signing import Ed25519Key, PublicKeys, Signer
from colonnade.security.audit.verification import Fault, FaultKind, Head, Verification, verify

__all__ = [
    "GENESIS",
    "Checkpoint",
    "CheckpointKind",
    "Ed25519Key",
    "Entry",
    "Fault",
    "FaultKind",
    "Head",
    "NotACheckpoint",
    "PublicKeys",
    "Signer",
    "Verification",
    "csv_line",
    "json_line",
    "read_anchors",
    "verify",
]
