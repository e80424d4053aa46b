"""The second wall: PostgreSQL shows the rows of one tenant."""

from alembic import op

from colonnade.infrastructure.database.tenancy import belongs, belongs_to_parent, put_up, take_down

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_CONDITIONS = {
    "workspaces": belongs("id"),
    "memberships": belongs("workspace_id"),
    "projects": belongs("workspace_id"),
    "tasks": belongs("workspace_id"),
    "activity": belongs("workspace_id"),
    "webhooks": belongs("workspace_id"),
    "webhook_deliveries": belongs("workspace_id"),
    "webhook_attempts": belongs_to_parent("webhook_attempts", "delivery_id", "webhook_deliveries"),
}


def upgrade() -> None:
    """Go forward."""
    if op.get_context().dialect.name == "postgresql":
        for table, condition in _CONDITIONS.items():
            for statement in put_up(table, condition):
                op.execute(statement)


def downgrade() -> None:
    """Go back."""
    if op.get_context().dialect.name == "postgresql":
        for table in reversed(_CONDITIONS):
            for statement in take_down(table):
                op.execute(statement)
