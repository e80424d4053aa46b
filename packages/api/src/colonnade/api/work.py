"""The whole contract of the product."""

from colonnade.core.extras import require_extra

require_extra("colonnade-api", "work", "colonnade.domain")

from colonnade.api.audit import audit
from colonnade.api.contract import Contract
from colonnade.api.identity import identity
from colonnade.api.integrations import integrations
from colonnade.api.notifications import notifications
from colonnade.api.operations import OPERATIONS
from colonnade.api.projects import projects
from colonnade.api.tasks import tasks
from colonnade.api.workspaces import workspaces

CONTRACT = Contract.including((identity, workspaces, projects, tasks, integrations, notifications, audit, OPERATIONS))
"""Every operation of the server."""
