"""Which columns say something of a person: whose it is, and what becomes of it when they are erased.

Every column of the product is classified, so that a new one is a decision. Erasing and giving people their data go by
this table, and `docs/explanation/data-protection.md` says it to people.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Fate(StrEnum):
    """What a column holds, and what becomes of it."""

    NONE = "none"
    """Nobody's data: ids, moments, and what belongs to a workspace."""

    SEALED = "sealed"
    """Sealed with the key of the person, and read by nobody once that is destroyed."""

    DELETED = "deleted"
    """Emptied, or gone with its row, when the person is erased."""

    WITHHELD = "withheld"
    """As `deleted`, and never given out: hashes, keys, indexes."""

    EXPIRES = "expires"
    """Sealed with the installation's secret, and deleted by itself after some days."""


class Classified(NamedTuple):
    """The columns of a table.

    Attributes:
        people: Columns with the id of the person whom a row is about.
        goes: Whether their rows are deleted when they are erased; the first of `people` says whose they are.
        fates: What becomes of each column.
    """

    people: tuple[str, ...]
    goes: bool
    fates: Mapping[str, Fate]


def _table(
    people: str = "",
    *,
    goes: bool = False,
    sealed: str = "",
    deleted: str = "",
    withheld: str = "",
    expires: str = "",
    none: str = "",
) -> Classified:
    named = {
        Fate.SEALED: sealed,
        Fate.DELETED: deleted,
        Fate.WITHHELD: withheld,
        Fate.EXPIRES: expires,
        Fate.NONE: none,
    }
    fates = {column: fate for fate, columns in named.items() for column in columns.split()}
    return Classified(tuple(people.split()), goes, MappingProxyType(fates))


CLASSIFICATION: Mapping[str, Classified] = MappingProxyType(
    {
        "users": _table(
            "id",
            sealed="email name email_sealed name_sealed",
            withheld="password_hash email_index",
            deleted="email_confirmed_at is_operator",
            none="id version created_at erased_at",
        ),
        "sessions": _table(
            "user_id",
            goes=True,
            sealed="address address_sealed",
            deleted="id version user_id device_name methods created_at used_at proved_at expires_at ends_at ended_at",
            withheld="refresh_hash former_hash rotated_at",
        ),
        "one_time_secrets": _table(
            "user_id",
            goes=True,
            deleted="id version user_id purpose attempts_left created_at expires_at used_at",
            withheld="secret_hash facts",
        ),
        "personal_tokens": _table(
            "user_id",
            goes=True,
            deleted="id version user_id name hint permissions within_workspace within_projects created_at expires_at "
            "used_at revoked_at",
            withheld="digest",
        ),
        "passkeys": _table(
            "user_id",
            goes=True,
            deleted="id version user_id name transports aaguid backup_eligible backed_up created_at used_at "
            "suspect_since removed_at",
            withheld="credential_id public_key sign_count",
        ),
        "external_identities": _table(
            "user_id", goes=True, deleted="id version user_id provider issuer subject linked_at unlinked_at"
        ),
        "second_factors": _table(
            "id", goes=True, deleted="id version confirmed_at", withheld="sealed_secret last_step recovery_hashes"
        ),
        "device_grants": _table(
            "decided_by",
            goes=True,
            deleted="id version device address created_at expires_at decided_by approved redeemed_at polled_at",
            withheld="device_digest user_digest",
        ),
        "sign_in_throttle": _table(none="key failures last_failed_at blocked_until known_until"),
        "used_marks": _table(none="mark until"),
        "notifications": _table(
            "user_id",
            goes=True,
            deleted="id user_id workspace_id kind thread facts event_id created_at read_at archived_at",
        ),
        "notification_deliveries": _table(
            "user_id",
            goes=True,
            deleted="notification_id channel user_id fold job_id state reason error sent_at message_id",
        ),
        "notification_preferences": _table("user_id", goes=True, deleted="id version user_id workspace_id choices"),
        "notification_settings": _table(
            "id",
            goes=True,
            sealed="phone phone_sealed chat_url chat_url_sealed",
            deleted="id version timezone quiet_hours digest_hours",
        ),
        "workspaces": _table(none="id version name slug created_at own_roles"),
        "memberships": _table("user_id", none="workspace_id user_id role own_role"),
        "projects": _table(
            "lead_id",
            none="id version workspace_id key name workflow created_at archived_at lead_id private members last_number",
        ),
        "tasks": _table(
            "created_by assignee_id",
            none="id version workspace_id project_id key number title description search_text status assignee_id "
            "labels priority due_on rank created_by created_at updated_at completed_at deleted_at origin source",
        ),
        "activity": _table("actor_id", none="generation position event_id workspace_id task_id type actor_id at facts"),
        "webhooks": _table(
            "created_by",
            withheld="secrets",
            none="id version workspace_id url event_types description signature created_by created_at updated_at "
            "failing_since disabled_at disabled_by disabled_reason deleted_at",
        ),
        "webhook_deliveries": _table(
            none="id workspace_id webhook_id event_id event_type payload redelivery_of state attempts created_at "
            "last_attempt_at next_attempt_at delivered_at"
        ),
        "webhook_attempts": _table(
            none="delivery_id number at request_headers status response_headers response_body milliseconds error"
        ),
        "audit_entries": _table(
            "caller person",
            sealed="address agent",
            none="chain sequence previous hash at event_id type stream message outcome caller person console service "
            "session token correlation causation details",
        ),
        "audit_checkpoints": _table(none="chain kind number sequence hash at kid signature"),
        "audit_chains": _table(none="chain sequence hash checkpoint_number checkpoint_sequence unsigned_since"),
        "event_log": _table(
            sealed="data metadata",
            none="position transaction_id event_id stream stream_version type schema_version recorded_at",
        ),
        "jobs": _table(
            expires="message result follow_up",
            none="id name context queue priority unique_key state due_at attempts failures worker_id created_at "
            "first_started_at started_at finished_at keep_until error_code error",
        ),
        "job_queues": _table(none="name paused running_limit"),
        "job_schedules": _table(none="name cron timezone next_at last_at"),
        "idempotency_keys": _table(expires="answer", none="place fingerprint claimed_until created_at"),
        "inbox": _table(none="consumer event_id received_at"),
        "parked_messages": _table(none="id topic consumer_group headers body error deliveries event_id parked_at"),
        "parked_events": _table(
            none="id subscription generation partition stream transaction_id position event_id event_type state "
            "attempts next_at error_code error parked_at"
        ),
        "processes": _table(
            "started_by",
            none="id version name definition key tenant started_by status step turn facts done heard error started_at "
            "updated_at ended_at",
        ),
        "subscription_generations": _table(none="subscription generation state started_at"),
        "subscription_partitions": _table(none="subscription generation partition transaction_id position fence owner"),
        "workers": _table(none="id host process started_at leased_until"),
        "data_keys": _table(withheld="id purpose kek wrapped is_current created_at"),
        "person_keys": _table(withheld="wrapped data_key_id", none="person_id created_at destroyed_at"),
    }
)
"""The tables of the product."""
