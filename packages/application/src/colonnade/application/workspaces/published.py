"""What other services hear of workspaces and their members. Members are named by identity only."""

from typing import Literal
from uuid import UUID

from colonnade.application.publishing import Publications, PublishedEvent
from colonnade.core import RecordedEvent
from colonnade.domain import workspaces

publications = Publications()


class WorkspaceCreatedV1(PublishedEvent, type="workspaces.workspace_created", version=1):
    """A workspace was made; its maker owns it."""

    workspace_id: UUID
    name: str
    slug: str
    owner_id: UUID


class WorkspaceRenamedV1(PublishedEvent, type="workspaces.workspace_renamed", version=1):
    """A workspace has another name; its slug stays."""

    workspace_id: UUID
    name: str


class MemberAddedV1(PublishedEvent, type="workspaces.member_added", version=1):
    """Somebody joined."""

    workspace_id: UUID
    user_id: UUID
    role: Literal["owner", "admin", "member", "guest"]


class MemberRoleChangedV1(PublishedEvent, type="workspaces.member_role_changed", version=1):
    """A member has another role."""

    workspace_id: UUID
    user_id: UUID
    role: Literal["owner", "admin", "member", "guest"]


class MemberRemovedV1(PublishedEvent, type="workspaces.member_removed", version=1):
    """Somebody left or was removed."""

    workspace_id: UUID
    user_id: UUID


@publications.publishes(workspaces.WorkspaceCreated)
def workspace_created(event: workspaces.WorkspaceCreated, recorded: RecordedEvent) -> WorkspaceCreatedV1:
    """Say its name and whose it is."""
    return WorkspaceCreatedV1(
        workspace_id=event.workspace_id, name=event.name, slug=event.slug, owner_id=event.owner_id
    )


@publications.publishes(workspaces.WorkspaceRenamed)
def workspace_renamed(event: workspaces.WorkspaceRenamed, recorded: RecordedEvent) -> WorkspaceRenamedV1:
    """Say the new name."""
    return WorkspaceRenamedV1(workspace_id=event.workspace_id, name=event.name)


@publications.publishes(workspaces.MemberAdded)
def member_added(event: workspaces.MemberAdded, recorded: RecordedEvent) -> MemberAddedV1:
    """Say who and as what."""
    return MemberAddedV1(workspace_id=event.workspace_id, user_id=event.user_id, role=event.role.value)


@publications.publishes(workspaces.MemberRoleChanged)
def member_role_changed(event: workspaces.MemberRoleChanged, recorded: RecordedEvent) -> MemberRoleChangedV1:
    """Say the new role."""
    return MemberRoleChangedV1(workspace_id=event.workspace_id, user_id=event.user_id, role=event.role.value)


@publications.publishes(workspaces.MemberRemoved)
def member_removed(event: workspaces.MemberRemoved, recorded: RecordedEvent) -> MemberRemovedV1:
    """Say who."""
    return MemberRemovedV1(workspace_id=event.workspace_id, user_id=event.user_id)
