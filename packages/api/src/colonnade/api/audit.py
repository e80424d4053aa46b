"""The contract rows of the audit."""

from colonnade.api.contract import Contract
from colonnade.application.audit import (
    ExportAudit,
    ExportServiceAudit,
    ListAuditCheckpoints,
    ListServiceAuditCheckpoints,
    SearchAudit,
    SearchServiceAudit,
)

audit = Contract("audit")
audit.get("/workspaces/{workspace_id}/audit", SearchAudit)
audit.get("/workspaces/{workspace_id}/audit/export", ExportAudit)
audit.get("/workspaces/{workspace_id}/audit/checkpoints", ListAuditCheckpoints)
audit.get("/operations/audit", SearchServiceAudit)
audit.get("/operations/audit/export", ExportServiceAudit)
audit.get("/operations/audit/checkpoints", ListServiceAuditCheckpoints)
