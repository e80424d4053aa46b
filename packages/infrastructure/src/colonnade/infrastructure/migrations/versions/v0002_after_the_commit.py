"""What happens after the commit: workers, subscriptions, jobs, the inbox."""

from colonnade.infrastructure.database import generic_work

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    generic_work.create_workers()
    generic_work.create_subscriptions()
    generic_work.create_jobs()
    generic_work.create_inbox()


def downgrade() -> None:
    """Go back."""
    generic_work.drop_inbox()
    generic_work.drop_jobs()
    generic_work.drop_subscriptions()
    generic_work.drop_workers()
