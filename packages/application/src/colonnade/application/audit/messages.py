"""Read the audit: search it, take it out, and see how far it is signed."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from colonnade.application.audit.description import Outcome
from colonnade.application.messaging import Query
from colonnade.application.operations import OperationsPermission
from colonnade.application.views import View
from colonnade.core import Page
from colonnade.core.moments import Moment
from colonnade.domain.workspaces import Permission, WorkspaceId

Limit = Annotated[int, Field(ge=1, le=200)]
Lines = Annotated[int, Field(ge=1, le=1000)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(min_length=1, max_length=100)]


class ExportFormat(StrEnum):
    """How an export is written."""

    JSON_LINES = "jsonl"
    CSV = "csv"


class AuditEntryView(View):
    """Something that was done, refused or failed.

    Attributes:
        sequence: Place in the chain.
        at: When.
        type: What, as the event's wire name.
        message: Which message asked for it, as its wire name.
        outcome: How it ended.
        caller: Who asked for it.
        person: Whom it is about.
        console: Who asked for it at the machine itself.
        service: Whether the service itself did it, on behalf of the caller if there is one.
        session: In which sign-in.
        token: With which personal token.
        address: From where.
        agent: With what program, as that says itself.
        stream: To what.
        correlation: The same for everything that followed from one request.
        details: Ids, roles, permissions and codes, as JSON text.
        hash: Hash of the entry, in hexadecimal digits.
    """

    sequence: int
    at: datetime
    type: str
    message: str | None
    outcome: Outcome
    caller: str | None
    person: str | None
    console: str | None
    service: bool
    session: str | None
    token: str | None
    address: str | None
    agent: str | None
    stream: str
    correlation: str | None
    details: str
    hash: str


class AuditCheckpointView(View):
    """A signed statement of how far a chain went: keep copies elsewhere, for `audit verify --anchor`."""

    chain: str
    kind: str
    number: int
    sequence: int
    hash: str
    at: datetime
    kid: str
    signature: str


class ServiceSearch(Query[Page[AuditEntryView]], abstract=True):
    """What is looked for; whatever is not said does not matter.

    Attributes:
        person: Who asked for it, or whom it is about.
        message: Wire name of the message.
        event: Wire name of the event.
        outcome: How it ended.
        correlation: The request that it followed from.
        since: From then on.
        until: Before then.
        text: Somewhere in what happened, to what, from where, with what.
    """

    person: UUID | None = None
    message: Name | None = None
    event: Name | None = None
    outcome: Outcome | None = None
    correlation: Name | None = None
    since: Moment | None = None
    until: Moment | None = None
    text: Text | None = None
    limit: Limit = 50
    cursor: str | None = None


class SearchAudit(ServiceSearch, name="audit.search", requires=Permission.AUDIT_READ):
    """Search the audit of a workspace, the newest first."""

    workspace_id: WorkspaceId


class SearchServiceAudit(ServiceSearch, name="audit.search_service", requires=OperationsPermission.READ):
    """Search what belongs to no workspace, the newest first."""


class ExportAudit(Query[Page[str]], name="audit.export", requires=Permission.AUDIT_READ):
    """Take the audit of a workspace out, as lines in the order of the chain; a page is a piece of the file."""

    workspace_id: WorkspaceId
    format: ExportFormat = ExportFormat.JSON_LINES
    since: Moment | None = None
    until: Moment | None = None
    limit: Lines = 500
    cursor: str | None = None


class ExportServiceAudit(Query[Page[str]], name="audit.export_service", requires=OperationsPermission.READ):
    """Take out what belongs to no workspace, as lines in the order of the chain."""

    format: ExportFormat = ExportFormat.JSON_LINES
    since: Moment | None = None
    until: Moment | None = None
    limit: Lines = 500
    cursor: str | None = None


class ListAuditCheckpoints(Query[Page[AuditCheckpointView]], name="audit.checkpoints", requires=Permission.AUDIT_READ):
    """List the checkpoints of a workspace's audit, the newest first."""

    workspace_id: WorkspaceId
    limit: Limit = 50
    cursor: str | None = None


class ListServiceAuditCheckpoints(
    Query[Page[AuditCheckpointView]], name="audit.service_checkpoints", requires=OperationsPermission.READ
):
    """List the checkpoints of the service's own audit, the newest first."""

    limit: Limit = 50
    cursor: str | None = None
