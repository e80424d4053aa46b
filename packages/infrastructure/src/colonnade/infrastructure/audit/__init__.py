"""The audit in the database: its chains, who writes, reads, prunes and verifies them."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "work", "colonnade.domain", "sqlmodel")
require_extra("colonnade-security", "audit", "cryptography")

from colonnade.infrastructure.audit.log import SqlAuditLog
from colonnade.infrastructure.audit.upkeep import SqlAuditUpkeep
from colonnade.infrastructure.audit.verifying import AuditVerifier
from colonnade.infrastructure.audit.writer import SqlAuditChains

__all__ = ["AuditVerifier", "SqlAuditChains", "SqlAuditLog", "SqlAuditUpkeep"]
