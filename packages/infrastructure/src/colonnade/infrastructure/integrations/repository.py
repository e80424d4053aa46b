"""Where webhook endpoints are kept."""

from colonnade.domain.integrations import WebhookEndpoint, WebhookId
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.database import AggregateTable, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.integrations.mapping import webhook_to_domain, webhook_to_row
from colonnade.infrastructure.integrations.rows import WebhookRow

WEBHOOKS = AggregateTable[WebhookEndpoint](
    table_of(WebhookRow),
    webhook_to_domain,
    webhook_to_row,
    missing="there is no such webhook",
    tenant="workspace_id",
)


class SqlWebhookRepository(SqlRepository[WebhookEndpoint, WebhookId]):
    """The webhook endpoints of a workspace, deleted ones included."""

    def __init__(self, unit_of_work: SqlUnitOfWork, tenant: WorkspaceId) -> None:
        super().__init__(unit_of_work, WEBHOOKS, tenant=tenant)
