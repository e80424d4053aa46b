"""Data protection: keys of people, and what is sealed with them.

Nothing is sealed here: that takes keys, which a migration does not have. Servers seal what is there when they start.
Whoever goes back loses who people are that were sealed meanwhile.
"""

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.protection import generic

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SEALED = {
    "users": ("email_sealed", "name_sealed"),
    "sessions": ("address_sealed",),
    "notification_settings": ("phone_sealed", "chat_url_sealed"),
}


def upgrade() -> None:
    """Go forward."""
    generic.create_keys()
    for table, columns in _SEALED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.LargeBinary))
    op.add_column("users", sa.Column("email_index", sa.LargeBinary))
    op.create_index("uq_users_email_index", "users", ["email_index"], unique=True)


def downgrade() -> None:
    """Go back."""
    op.drop_index("uq_users_email_index", "users")
    op.drop_column("users", "email_index")
    for table, columns in reversed(_SEALED.items()):
        for column in columns:
            op.drop_column(table, column)
    generic.drop_keys()
