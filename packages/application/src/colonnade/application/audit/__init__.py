"""Audit: who did what, when, from where and with which outcome; made of the event log, kept in chains."""

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "work", "colonnade.domain")

from colonnade.application.audit.auditing import Auditing
from colonnade.application.audit.chaining import AUDIT_CHAIN, AuditChains, AuditSettings, chain_subscription
from colonnade.application.audit.circumstances import circumstances
from colonnade.application.audit.description import Outcome, Record, describe
from colonnade.application.audit.messages import (
    AuditCheckpointView,
    AuditEntryView,
    ExportAudit,
    ExportFormat,
    ExportServiceAudit,
    ListAuditCheckpoints,
    ListServiceAuditCheckpoints,
    SearchAudit,
    SearchServiceAudit,
)
from colonnade.application.audit.notes import (
    EVENTS,
    AuditLog,
    AuditNote,
    CommandDone,
    CommandFailed,
    CommandRefused,
    done_without_event,
)
from colonnade.application.audit.observer import AuditObserver
from colonnade.application.audit.security_events import (
    AUDIT_ALERTS,
    SECURITY_EVENTS,
    Severity,
    alert_subscription,
)
from colonnade.application.audit.upkeep import AuditUpkeep, PruneAudit, SignAudit

__all__ = [
    "AUDIT_ALERTS",
    "AUDIT_CHAIN",
    "EVENTS",
    "SECURITY_EVENTS",
    "AuditChains",
    "AuditCheckpointView",
    "AuditEntryView",
    "AuditLog",
    "AuditNote",
    "AuditObserver",
    "AuditSettings",
    "AuditUpkeep",
    "Auditing",
    "CommandDone",
    "CommandFailed",
    "CommandRefused",
    "ExportAudit",
    "ExportFormat",
    "ExportServiceAudit",
    "ListAuditCheckpoints",
    "ListServiceAuditCheckpoints",
    "Outcome",
    "PruneAudit",
    "Record",
    "SearchAudit",
    "SearchServiceAudit",
    "Severity",
    "SignAudit",
    "alert_subscription",
    "chain_subscription",
    "circumstances",
    "describe",
    "done_without_event",
]
