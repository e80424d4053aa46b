"""The product's part of the infrastructure in one place: its tables, events, and what its constraints mean."""

from sqlalchemy import MetaData

from colonnade.application import audit, operations, processes
from colonnade.core import AlreadyExists, EventTypes, VersionConflict
from colonnade.domain import identity, integrations, notifications, projects, tasks, workspaces
from colonnade.domain.identity.external import ExternalKnown
from colonnade.domain.identity.passkeys import PasskeyKnown
from colonnade.infrastructure.audit import tables as audit_tables
from colonnade.infrastructure.collaboration import activity
from colonnade.infrastructure.database import ConstraintErrors, event_log, idempotency
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.identity import (
    device_grants,
    external_rows,
    passkey_rows,
    personal_token_rows,
    second_factor_rows,
    throttle_rows,
)
from colonnade.infrastructure.identity import rows as identity_rows
from colonnade.infrastructure.integrations import rows as integration_rows
from colonnade.infrastructure.jobs import tables as job_tables
from colonnade.infrastructure.notifications import rows as notification_rows
from colonnade.infrastructure.processes import tables as process_tables
from colonnade.infrastructure.projects import rows as project_rows
from colonnade.infrastructure.protection import tables as protection_tables
from colonnade.infrastructure.publishing import tables as publishing_tables
from colonnade.infrastructure.subscriptions import tables as subscription_tables
from colonnade.infrastructure.tasks import rows as task_rows
from colonnade.infrastructure.workers import tables as worker_tables
from colonnade.infrastructure.workspaces import rows as workspace_rows

_CONTEXTS = (
    identity,
    workspaces,
    projects,
    tasks,
    integrations,
    notifications,
    processes,
    operations,
    audit,
)

UPCASTERS = tuple(upcaster for context in _CONTEXTS for upcaster in getattr(context, "UPCASTERS", ()))
"""How the facts of older versions of the product's events become those of newer ones."""

EVENT_TYPES = EventTypes([kind for context in _CONTEXTS for kind in context.EVENTS], UPCASTERS)
"""Every event of the product."""

_MODULES = (
    audit_tables,
    event_log,
    protection_tables,
    idempotency,
    worker_tables,
    subscription_tables,
    job_tables,
    process_tables,
    publishing_tables,
    activity,
    integration_rows,
    notification_rows,
    identity_rows,
    device_grants,
    personal_token_rows,
    second_factor_rows,
    throttle_rows,
    passkey_rows,
    external_rows,
    workspace_rows,
    project_rows,
    task_rows,
)

TABLES: MetaData = metadata
"""Every table of the product; importing this module has declared them all."""

CONSTRAINTS = ConstraintErrors(
    metadata,
    {
        "uq_users_email": identity.EmailTaken("another account has this address", field="email"),
        "uq_users_email_index": identity.EmailTaken("another account has this address", field="email"),
        "uq_workspaces_slug": workspaces.SlugTaken("another workspace has this slug: choose one", field="slug"),
        "uq_projects_workspace_id_key": projects.KeyTaken("another project here has this key", field="key"),
        "uq_passkeys_credential_id": PasskeyKnown("this passkey is in use already", field="credential"),
        "uq_external_identities_issuer_subject": ExternalKnown("this account signs somebody in already", field="code"),
        "pk_second_factors": VersionConflict("somebody else set this up at the same moment"),
        "pk_notification_preferences": VersionConflict("somebody else chose at the same moment"),
        "pk_notification_settings": VersionConflict("somebody else set this at the same moment"),
        "uq_tasks_workspace_id_source": AlreadyExists("this was imported already", field="source"),
    },
)
"""What the violated constraints of the product mean."""
