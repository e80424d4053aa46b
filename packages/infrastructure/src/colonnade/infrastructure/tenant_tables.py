"""Which tables of the product hold what belongs to one workspace, and are behind the second wall."""

from collections.abc import Mapping
from types import MappingProxyType

TENANT_TABLES: Mapping[str, str] = MappingProxyType(
    {
        "workspaces": "id",
        "memberships": "workspace_id",
        "projects": "workspace_id",
        "tasks": "workspace_id",
        "activity": "workspace_id",
        "webhooks": "workspace_id",
        "webhook_deliveries": "workspace_id",
        "webhook_attempts": "delivery_id",
    }
)
"""The column of each by which PostgreSQL knows whose a row is: the workspace's, or that of a parent behind the wall."""

OUTSIDE: Mapping[str, str] = MappingProxyType(
    {
        "notifications": "a person's own, from all their workspaces",
        "notification_preferences": "a person's own, for one workspace or all",
        "audit_chains": "the service's own: where each chain stands",
        "audit_checkpoints": "the service's own: its signatures under each chain",
        "audit_entries": "of chains, of which one is the service's; written by it and read by one chain at a time",
        "event_log": "streams of all kinds, which subscriptions read across workspaces; people read none of it",
        "parked_events": "the service's own work, of which operators see all",
        "processes": "the service's own work, of which operators see all",
    }
)
"""Tables that name a workspace without being its own, and why."""
