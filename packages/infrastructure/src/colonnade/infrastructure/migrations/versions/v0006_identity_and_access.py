"""Identity and access: devices, second factors, personal tokens, roles of workspaces, members of projects."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""


def downgrade() -> None:
    """Go back."""
