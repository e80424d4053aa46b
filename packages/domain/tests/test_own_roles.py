"""Roles of a workspace's own: sets of grants that nobody can use to get more than they have."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import Conflict, Forbidden, Invalid, Slug, UserId, new_id
from colonnade.domain.workspaces import (
    GRANTS,
    Condition,
    MemberAdded,
    NoSuchRole,
    OwnRole,
    Permission,
    Role,
    RoleDefined,
    RoleInUse,
    RoleName,
    RoleRemoved,
    Workspace,
    WorkspaceId,
    WorkspaceName,
    covers,
    grant_texts,
    parse_grants,
)

REVIEWER = OwnRole.of(RoleName("reviewer"), Role.MEMBER, ("task.read", "task.edit:assignee"))
AUDITOR = OwnRole.of(RoleName("auditor"), Role.GUEST, ("audit.read",))

GRANTS_OF_TASKS = st.dictionaries(
    st.sampled_from([permission for permission in Permission if permission.startswith("task.")]),
    st.sampled_from(Condition),
)


@pytest.fixture
def workspace(ada: UserId, now: datetime) -> Workspace:
    """A workspace of Ada's with nothing to tell."""
    made = Workspace.create(new_id(WorkspaceId), name=WorkspaceName("Engines"), slug=Slug("engines"), owner=ada, at=now)
    made.release_events()
    return made


def test_an_owner_defines_a_role_and_gives_it(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    """Whoever has it may do what it grants and see the workspace, and nothing else."""
    workspace.define_role(REVIEWER, by=ada)
    workspace.add_member(ben, Role.MEMBER, by=ada, own_role=REVIEWER.name)

    assert workspace.recorded_events == (
        RoleDefined(
            workspace_id=workspace.id,
            role_name=REVIEWER.name,
            base=Role.MEMBER,
            grants=("task.edit:assignee", "task.read", "workspace.read"),
        ),
        MemberAdded(workspace_id=workspace.id, user_id=ben, role=Role.MEMBER, own_role=REVIEWER.name),
    )
    assert workspace.grants_of(ben) == {
        Permission.WORKSPACE_READ: Condition.ALWAYS,
        Permission.TASK_READ: Condition.ALWAYS,
        Permission.TASK_EDIT: Condition.ASSIGNEE,
    }


def test_a_role_that_is_changed_changes_what_its_holders_may(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    workspace.define_role(REVIEWER, by=ada)
    workspace.add_member(ben, Role.MEMBER, by=ada, own_role=REVIEWER.name)
    workspace.define_role(OwnRole.of(REVIEWER.name, Role.MEMBER, ("task.create",)), by=ada)
    assert set(workspace.grants_of(ben)) == {Permission.WORKSPACE_READ, Permission.TASK_CREATE}


def test_nobody_gives_a_role_that_may_do_more_than_they_do(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    """An administrator cannot read the audit, and so cannot let anybody else, nor themselves."""
    workspace.define_role(AUDITOR, by=ada)
    workspace.add_member(ben, Role.ADMIN, by=ada)
    with pytest.raises(Forbidden):
        workspace.add_member(new_id(UserId), Role.GUEST, by=ben, own_role=AUDITOR.name)
    with pytest.raises(Forbidden):
        workspace.change_role(ben, Role.GUEST, by=ben, own_role=AUDITOR.name)


def test_nobody_defines_a_role_that_may_do_more_than_they_do(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    workspace.add_member(ben, Role.ADMIN, by=ada)
    with pytest.raises(Forbidden):
        workspace.define_role(AUDITOR, by=ben)
    assert workspace.own_roles == {}


@pytest.mark.parametrize("grant", ["workspace.manage", "role.manage"])
def test_what_is_for_owners_alone_is_in_no_role(grant: str) -> None:
    with pytest.raises(Invalid, match="owners alone"):
        OwnRole.of(RoleName("deputy"), Role.MEMBER, (grant,))


@pytest.mark.parametrize("base", [Role.OWNER, Role.ADMIN])
def test_a_role_stands_on_member_or_guest(base: Role) -> None:
    with pytest.raises(Invalid, match="stands on"):
        OwnRole.of(RoleName("deputy"), base, ("task.read",))


@pytest.mark.parametrize("role", Role)
def test_a_role_that_every_workspace_has_keeps_its_name(role: Role) -> None:
    with pytest.raises(Invalid, match="every workspace has"):
        OwnRole.of(RoleName(role.value), Role.MEMBER, ("task.read",))


@pytest.mark.parametrize("grant", ["task.fly", "task.read:sometimes", "member.manage:author", "", "task.read:always:x"])
def test_what_is_no_grant_is_named(grant: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_grants([grant])
    assert repr(grant) in refused.value.message


def test_a_role_that_somebody_has_stays(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    workspace.define_role(REVIEWER, by=ada)
    workspace.add_member(ben, Role.MEMBER, by=ada, own_role=REVIEWER.name)
    with pytest.raises(RoleInUse):
        workspace.remove_role(REVIEWER.name)
    with pytest.raises(RoleInUse, match="base"):
        workspace.define_role(OwnRole.of(REVIEWER.name, Role.GUEST, ("task.read",)), by=ada)
    workspace.remove_member(ben, by=ada)
    workspace.remove_role(REVIEWER.name)
    assert workspace.recorded_events[-1] == RoleRemoved(workspace_id=workspace.id, role_name=REVIEWER.name)
    with pytest.raises(NoSuchRole):
        workspace.remove_role(REVIEWER.name)


def test_a_role_is_given_on_top_of_its_base(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    workspace.define_role(REVIEWER, by=ada)
    with pytest.raises(Invalid, match="stands on the role member"):
        workspace.add_member(ben, Role.GUEST, by=ada, own_role=REVIEWER.name)
    assert ben not in workspace.members


def test_there_are_not_any_number_of_roles(workspace: Workspace, ada: UserId) -> None:
    for number in range(50):
        workspace.define_role(OwnRole.of(RoleName(f"role-{number}"), Role.MEMBER, ()), by=ada)
    with pytest.raises(Conflict, match="at most 50"):
        workspace.define_role(REVIEWER, by=ada)


@given(GRANTS_OF_TASKS)
def test_grants_are_read_as_they_are_written(grants: dict[Permission, Condition]) -> None:
    assert parse_grants(grant_texts(grants)) == grants


@given(GRANTS_OF_TASKS, GRANTS_OF_TASKS, GRANTS_OF_TASKS)
def test_to_cover_is_an_order(
    one: dict[Permission, Condition], two: dict[Permission, Condition], three: dict[Permission, Condition]
) -> None:
    """Reflexive and transitive; an owner covers everything."""
    assert covers(one, one)
    assert not (covers(one, two) and covers(two, three)) or covers(one, three)
    assert covers(GRANTS[Role.OWNER], one)
