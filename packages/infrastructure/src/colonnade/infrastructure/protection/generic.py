"""The tables of keys as operations, for any migration history to call: `create_keys()`."""

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.database.types import UtcDateTime


def create_keys() -> None:
    """Create the tables of data keys and of the keys of people; where a key was needed earlier, they are there."""
    op.create_table(
        "data_keys",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("kek", sa.Text, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_keys"),
        if_not_exists=True,
    )
    current = sa.text("is_current")
    op.create_index(
        "uq_data_keys_purpose",
        "data_keys",
        ["purpose"],
        unique=True,
        postgresql_where=current,
        sqlite_where=current,
        if_not_exists=True,
    )
    op.create_table(
        "person_keys",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("data_key_id", sa.Uuid),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("destroyed_at", UtcDateTime),
        sa.PrimaryKeyConstraint("person_id", name="pk_person_keys"),
        sa.ForeignKeyConstraint(["data_key_id"], ["data_keys.id"], name="fk_person_keys_data_key_id"),
        sa.CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="ck_person_keys_destroyed"),
        if_not_exists=True,
    )
    op.create_index("ix_person_keys_data_key_id", "person_keys", ["data_key_id"], if_not_exists=True)


def drop_keys() -> None:
    """Drop the tables of keys, and with them all that the keys have sealed."""
    op.drop_table("person_keys")
    op.drop_table("data_keys")
