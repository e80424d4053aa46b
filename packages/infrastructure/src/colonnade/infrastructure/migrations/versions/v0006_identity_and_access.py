"""Identity and access: devices, second factors, personal tokens, roles of workspaces, members of projects."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from colonnade.infrastructure.database.types import JsonModel, TextTuple, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _widen_users()
    _widen_sessions()
    _create_secrets()
    _widen_workspaces()
    _create_personal_tokens()
    _create_device_grants()
    _create_passkeys()
    _create_external_identities()
    _create_second_factors()


def downgrade() -> None:
    """Go back."""
    op.drop_table("sign_in_throttle")
    op.drop_table("second_factors")
    op.drop_table("used_marks")
    op.drop_table("external_identities")
    op.drop_table("passkeys")
    op.drop_table("device_grants")
    op.drop_table("personal_tokens")
    op.drop_column("projects", "members")
    op.drop_column("projects", "private")
    op.drop_column("memberships", "own_role")
    op.drop_column("workspaces", "own_roles")
    op.drop_table("one_time_secrets")
    op.execute("DELETE FROM sessions")
    for name in ("ends_at", "proved_at", "used_at", "methods", "address", "device_name", "rotated_at", "former_hash"):
        op.drop_column("sessions", name)
    op.execute("UPDATE users SET password_hash = '' WHERE password_hash IS NULL")
    _set_nullable(password_hash=False)
    op.drop_column("users", "erased_at")
    op.drop_column("users", "email_confirmed_at")


def _widen_users() -> None:
    """Accounts that are there were good to use without a confirmed address, so theirs count as confirmed."""
    op.add_column("users", sa.Column("email_confirmed_at", UtcDateTime))
    op.add_column("users", sa.Column("erased_at", UtcDateTime))
    _set_nullable(password_hash=True)
    op.execute("UPDATE users SET password_hash = NULL WHERE password_hash = ''")
    op.execute("UPDATE users SET email_confirmed_at = created_at")


def _set_nullable(*, password_hash: bool) -> None:
    """Let users be without a hash, or not any more; SQLite changes no column, so there a new one takes its place."""
    if op.get_context().dialect.name == "postgresql":
        op.alter_column("users", "password_hash", existing_type=sa.Text, nullable=password_hash)
        return
    default = None if password_hash else sa.text("''")
    op.add_column("users", sa.Column("new_hash", sa.Text, nullable=password_hash, server_default=default))
    op.execute("UPDATE users SET new_hash = password_hash")
    op.drop_column("users", "password_hash")
    op.execute("ALTER TABLE users RENAME COLUMN new_hash TO password_hash")


def _widen_sessions() -> None:
    """Sessions that are there cannot say where they were opened: everybody signs in once more."""
    op.execute("DELETE FROM sessions")
    op.add_column("sessions", sa.Column("former_hash", sa.Text))
    op.add_column("sessions", sa.Column("rotated_at", UtcDateTime))
    op.add_column("sessions", sa.Column("device_name", sa.Text, nullable=False))
    op.add_column("sessions", sa.Column("address", sa.Text))
    op.add_column("sessions", sa.Column("methods", TextTuple, nullable=False))
    op.add_column("sessions", sa.Column("used_at", UtcDateTime, nullable=False))
    op.add_column("sessions", sa.Column("proved_at", UtcDateTime, nullable=False))
    op.add_column("sessions", sa.Column("ends_at", UtcDateTime, nullable=False))


def _create_secrets() -> None:
    op.create_table(
        "one_time_secrets",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.Text, nullable=False),
        sa.Column("facts", sa.Text),
        sa.Column("attempts_left", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_one_time_secrets"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_one_time_secrets_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_one_time_secrets_user_id", "one_time_secrets", ["user_id"])
    op.create_index("ix_one_time_secrets_expires_at", "one_time_secrets", ["expires_at"])


def _create_personal_tokens() -> None:
    op.create_table(
        "personal_tokens",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("permissions", TextTuple, nullable=False),
        sa.Column("within_workspace", sa.Uuid),
        sa.Column("within_projects", TextTuple, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.Column("revoked_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_personal_tokens"),
        sa.UniqueConstraint("digest", name="uq_personal_tokens_digest"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_personal_tokens_user_id", ondelete="CASCADE"),
    )
    op.create_index("ix_personal_tokens_user_id", "personal_tokens", ["user_id"])


def _create_device_grants() -> None:
    op.create_table(
        "device_grants",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("device_digest", sa.Text, nullable=False),
        sa.Column("user_digest", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("decided_by", sa.Uuid),
        sa.Column("approved", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("redeemed_at", UtcDateTime),
        sa.Column("polled_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_device_grants"),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name="fk_device_grants_decided_by", ondelete="CASCADE"),
    )
    op.create_index("ix_device_grants_user_digest", "device_grants", ["user_digest"])
    op.create_index("ix_device_grants_expires_at", "device_grants", ["expires_at"])


def _create_second_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sealed_secret", sa.Text),
        sa.Column("confirmed_at", UtcDateTime),
        sa.Column("last_step", sa.BigInteger),
        sa.Column("recovery_hashes", TextTuple, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_second_factors"),
        sa.ForeignKeyConstraint(["id"], ["users.id"], name="fk_second_factors_id", ondelete="CASCADE"),
    )
    op.create_table(
        "sign_in_throttle",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_failed_at", UtcDateTime, nullable=False),
        sa.Column("blocked_until", UtcDateTime, nullable=False),
        sa.Column("known_until", UtcDateTime),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_throttle"),
    )
    op.create_index("ix_sign_in_throttle_last_failed_at", "sign_in_throttle", ["last_failed_at"])


def _widen_workspaces() -> None:
    nothing = sa.text("'{}'")
    op.add_column(
        "workspaces", sa.Column("own_roles", JsonModel(dict[str, Any]), nullable=False, server_default=nothing)
    )
    op.add_column("memberships", sa.Column("own_role", sa.Text))
    nobody = sa.text("'{}'" if op.get_context().dialect.name == "postgresql" else "'[]'")
    op.add_column("projects", sa.Column("private", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("projects", sa.Column("members", TextTuple, nullable=False, server_default=nobody))


def _create_passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("credential_id", sa.Text),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("transports", TextTuple, nullable=False),
        sa.Column("aaguid", sa.Text, nullable=False),
        sa.Column("backup_eligible", sa.Boolean, nullable=False),
        sa.Column("backed_up", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.Column("suspect_since", UtcDateTime),
        sa.Column("removed_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_passkeys_user_id", ondelete="CASCADE"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    op.create_index("ix_passkeys_user_id", "passkeys", ["user_id"])
    op.create_table(
        "used_marks",
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_used_marks"),
    )
    op.create_index("ix_used_marks_until", "used_marks", ["until"])


def _create_external_identities() -> None:
    op.create_table(
        "external_identities",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("linked_at", UtcDateTime, nullable=False),
        sa.Column("unlinked_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_external_identities"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_external_identities_user_id", ondelete="CASCADE"),
        sa.UniqueConstraint("issuer", "subject", name="uq_external_identities_issuer_subject"),
    )
    op.create_index("ix_external_identities_user_id", "external_identities", ["user_id"])
