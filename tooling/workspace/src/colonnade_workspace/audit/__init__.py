"""Known vulnerabilities in what `uv.lock` holds; what could not be asked about is a finding too."""

from colonnade_workspace.audit.judging import judge
from colonnade_workspace.audit.locked import Locked, accepted, read_lock
from colonnade_workspace.audit.services import Answer, PipAudit, Unreachable, Vulnerability

__all__ = ["Answer", "Locked", "PipAudit", "Unreachable", "Vulnerability", "accepted", "judge", "read_lock"]
