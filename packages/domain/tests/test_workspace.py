"""Workspaces: who belongs, as what, and that somebody always owns one."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import AlreadyExists, Forbidden, NotFound, Slug, UserId, new_id
from colonnade.domain.workspaces import (
    GRANTS,
    AlreadyMember,
    Condition,
    LastOwner,
    MemberAdded,
    MemberRemoved,
    MemberRoleChanged,
    NotMember,
    Permission,
    Role,
    Workspace,
    WorkspaceCreated,
    WorkspaceId,
    WorkspaceName,
    WorkspaceRenamed,
    covers,
)


def test_whoever_makes_a_workspace_owns_it(ada: UserId, now: datetime) -> None:
    """And that is all that happens."""
    workspace_id = new_id(WorkspaceId)
    workspace = Workspace.create(workspace_id, name=WorkspaceName("Engines"), slug=Slug("engines"), owner=ada, at=now)

    assert workspace.members == {ada: Role.OWNER}
    assert workspace.recorded_events == (
        WorkspaceCreated(workspace_id=workspace_id, name="Engines", slug=Slug("engines"), owner_id=ada),
    )


def test_a_workspace_is_renamed_and_keeps_its_slug(workspace: Workspace) -> None:
    """The same name again changes nothing."""
    workspace.rename(WorkspaceName("Difference Engines"))
    workspace.rename(WorkspaceName("Difference Engines"))

    assert (workspace.name, workspace.slug) == ("Difference Engines", "engines")
    assert workspace.recorded_events == (WorkspaceRenamed(workspace_id=workspace.id, name="Difference Engines"),)


def test_somebody_joins(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    """With the role that they are given."""
    workspace.add_member(ben, Role.GUEST, by=ada)

    assert workspace.role_of(ben) is Role.GUEST
    assert workspace.recorded_events == (
        MemberAdded(workspace_id=workspace.id, user_id=ben, role=Role.GUEST, own_role=None),
    )


def test_nobody_joins_twice(workspace: Workspace, ada: UserId) -> None:
    """Their role stays what it was."""
    with pytest.raises(AlreadyMember) as refused:
        workspace.add_member(ada, Role.GUEST, by=ada)

    assert isinstance(refused.value, AlreadyExists)
    assert workspace.role_of(ada) is Role.OWNER
    assert workspace.recorded_events == ()


def test_a_role_changes(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    """Giving the role that somebody has already changes nothing."""
    workspace.add_member(ben, Role.GUEST, by=ada)
    workspace.release_events()
    workspace.change_role(ben, Role.ADMIN, by=ada)
    workspace.change_role(ben, Role.ADMIN, by=ada)

    assert workspace.recorded_events == (
        MemberRoleChanged(workspace_id=workspace.id, user_id=ben, role=Role.ADMIN, own_role=None),
    )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, Role.GUEST])
def test_nobody_but_an_owner_makes_changes_or_removes_an_owner(
    workspace: Workspace, ada: UserId, ben: UserId, role: Role
) -> None:
    """The reach of a role ends below the owner."""
    workspace.add_member(ben, role, by=ada)
    workspace.release_events()

    with pytest.raises(Forbidden, match="do as much themselves"):
        workspace.add_member(new_id(UserId), Role.OWNER, by=ben)
    with pytest.raises(Forbidden, match="do as much themselves"):
        workspace.change_role(ben, Role.OWNER, by=ben)
    with pytest.raises(Forbidden, match="do as much themselves"):
        workspace.change_role(ada, Role.GUEST, by=ben)
    with pytest.raises(Forbidden, match="do as much themselves"):
        workspace.remove_member(ada, by=ben)
    assert workspace.members == {ada: Role.OWNER, ben: role}
    assert workspace.recorded_events == ()


def test_a_stranger_has_no_reach(workspace: Workspace, ben: UserId) -> None:
    """Somebody who does not belong cannot make themselves an owner."""
    with pytest.raises(Forbidden):
        workspace.add_member(ben, Role.OWNER, by=ben)


def test_the_last_owner_can_neither_leave_nor_step_down(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    """A workspace always has an owner; other members do not count."""
    workspace.add_member(ben, Role.ADMIN, by=ada)

    with pytest.raises(LastOwner):
        workspace.remove_member(ada, by=ada)
    with pytest.raises(LastOwner):
        workspace.change_role(ada, Role.ADMIN, by=ada)
    assert workspace.role_of(ada) is Role.OWNER


def test_an_owner_leaves_once_there_is_another(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    """Ownership can be handed over."""
    workspace.add_member(ben, Role.OWNER, by=ada)
    workspace.remove_member(ada, by=ada)

    assert workspace.members == {ben: Role.OWNER}
    assert workspace.recorded_events[-1] == MemberRemoved(workspace_id=workspace.id, user_id=ada)


def test_a_member_shows_themselves_out(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    """Whatever their role."""
    workspace.add_member(ben, Role.GUEST, by=ada)
    workspace.remove_member(ben, by=ben)

    assert workspace.members == {ada: Role.OWNER}


def test_whether_somebody_can_be_shown_out_is_known_beforehand(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    """By the same rules as showing them out, and to ask changes nothing."""
    workspace.add_member(ben, Role.ADMIN, by=ada)
    workspace.release_events()

    workspace.require_removable(ben, by=ada)
    workspace.require_removable(ben, by=ben)
    with pytest.raises(Forbidden):
        workspace.require_removable(ada, by=ben)
    with pytest.raises(LastOwner):
        workspace.require_removable(ada, by=ada)
    with pytest.raises(NotMember):
        workspace.require_removable(new_id(UserId), by=ada)

    assert workspace.members == {ada: Role.OWNER, ben: Role.ADMIN}
    assert workspace.recorded_events == ()


def test_somebody_who_does_not_belong_is_not_found(workspace: Workspace, ada: UserId, ben: UserId) -> None:
    """By anything that is about a member."""
    with pytest.raises(NotMember) as missing:
        workspace.role_of(ben)
    with pytest.raises(NotMember):
        workspace.change_role(ben, Role.GUEST, by=ada)
    with pytest.raises(NotMember):
        workspace.remove_member(ben, by=ada)

    assert isinstance(missing.value, NotFound)


PEOPLE = [new_id(UserId) for _ in range(3)]
PERSON = st.sampled_from(PEOPLE)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), PERSON, st.sampled_from(Role), PERSON),
        st.tuples(st.just("change"), PERSON, st.sampled_from(Role), PERSON),
        st.tuples(st.just("remove"), PERSON, st.none(), PERSON),
    ),
    max_size=12,
)


@given(CHANGES)
def test_whatever_is_tried_a_workspace_keeps_an_owner(changes: list[tuple[str, UserId, Role | None, UserId]]) -> None:
    """And a refused change leaves the members, the events and the version as they were."""
    workspace = Workspace(
        id=new_id(WorkspaceId),
        name=WorkspaceName("Engines"),
        slug=Slug("engines"),
        created_at=MADE_AT,
        members={PEOPLE[0]: Role.OWNER},
    )
    for what, who, role, by in changes:
        before = dict(workspace.members), workspace.version
        try:
            if what == "remove" or role is None:
                workspace.remove_member(who, by=by)
            elif what == "add":
                workspace.add_member(who, role, by=by)
            else:
                workspace.change_role(who, role, by=by)
        except (AlreadyMember, NotMember, Forbidden, LastOwner):
            assert (dict(workspace.members), workspace.version) == before
        assert Role.OWNER in workspace.members.values()


MADE_AT = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def test_each_role_may_do_all_that_the_next_one_may() -> None:
    """From the owner down, and an owner may do everything."""
    grants = [GRANTS[role] for role in Role]

    assert all(covers(higher, lower) and not covers(lower, higher) for higher, lower in pairwise(grants))
    assert grants[0] == dict.fromkeys(Permission, Condition.ALWAYS)


def test_a_guest_reads_and_works_on_what_is_theirs() -> None:
    """Without a condition the lowest role changes nothing."""
    always = {permission for permission, condition in GRANTS[Role.GUEST].items() if condition is Condition.ALWAYS}
    assert all(permission.endswith(".read") for permission in always)
    assert GRANTS[Role.GUEST][Permission.TASK_EDIT] is Condition.ASSIGNEE


def test_the_policy_cannot_be_changed_at_run_time() -> None:
    """It is data, and it is constant."""
    with pytest.raises(TypeError):
        GRANTS[Role.GUEST] = frozenset(Permission)  # type: ignore[index]  # that it is refused is what is tested
