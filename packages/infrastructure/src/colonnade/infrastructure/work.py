"""The product's part of the infrastructure in one place: its tables, events, and what its constraints mean."""

from sqlalchemy import MetaData

from colonnade.core import AlreadyExists, EventTypes
from colonnade.domain import identity, projects, tasks, workspaces
from colonnade.infrastructure.database import ConstraintErrors, event_log, idempotency
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.identity import rows as identity_rows
from colonnade.infrastructure.projects import rows as project_rows
from colonnade.infrastructure.tasks import rows as task_rows
from colonnade.infrastructure.workspaces import rows as workspace_rows

EVENT_TYPES = EventTypes((*identity.EVENTS, *workspaces.EVENTS, *projects.EVENTS, *tasks.EVENTS))
"""Every event of the product."""

_MODULES = (event_log, idempotency, identity_rows, workspace_rows, project_rows, task_rows)

TABLES: MetaData = metadata
"""Every table of the product; importing this module has declared them all."""

CONSTRAINTS = ConstraintErrors(
    metadata,
    {
        "uq_users_email": identity.EmailTaken("another account has this address", field="email"),
        "uq_workspaces_slug": workspaces.SlugTaken("another workspace has this slug: choose one", field="slug"),
        "uq_projects_workspace_id_key": projects.KeyTaken("another project here has this key", field="key"),
        "uq_tasks_workspace_id_source": AlreadyExists("this was imported already", field="source"),
    },
)
"""What the violated constraints of the product mean."""
