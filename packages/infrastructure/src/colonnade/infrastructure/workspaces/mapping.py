"""Workspaces to rows and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from colonnade.core import Slug, UserId
from colonnade.domain.workspaces import OwnRole, Role, RoleName, Workspace, WorkspaceId, WorkspaceName
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.workspaces.rows import KeptRole


def workspace_to_domain(row: Any, members: Sequence[Mapping[str, Any]]) -> Workspace:  # a row of the workspaces table
    """Rebuild a workspace with its members."""
    return Workspace(
        id=WorkspaceId(row.id),
        version=row.version,
        name=WorkspaceName(row.name),
        slug=Slug(row.slug),
        created_at=row.created_at,
        members={UserId(member["user_id"]): Role(member["role"]) for member in members},
        own_roles={RoleName(name): own_role_to_domain(name, kept) for name, kept in row.own_roles.items()},
        own_roles_of={
            UserId(member["user_id"]): RoleName(member["own_role"]) for member in members if member["own_role"]
        },
    )


def own_role_to_domain(name: str, kept: KeptRole) -> OwnRole:
    """Rebuild a role of a workspace's own."""
    return OwnRole.of(RoleName(name), Role(kept.base), kept.grants)


def workspace_to_row(workspace: Workspace) -> Values:
    """Return the row of a workspace."""
    return {
        "id": workspace.id,
        "version": workspace.version,
        "name": str(workspace.name),
        "slug": str(workspace.slug),
        "created_at": workspace.created_at,
        "own_roles": {
            str(name): KeptRole(role.base.value, role.texts()) for name, role in sorted(workspace.own_roles.items())
        },
    }


def members_to_rows(workspace: Workspace) -> list[Values]:
    """Return a row for each member."""
    return [
        {
            "workspace_id": workspace.id,
            "user_id": user_id,
            "role": role.value,
            "own_role": None if (own := workspace.own_roles_of.get(user_id)) is None else str(own),
        }
        for user_id, role in workspace.members.items()
    ]
