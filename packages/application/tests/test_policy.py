"""The access policy of the product: roles, and that strangers learn nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.application import Caller
from colonnade.application.operations import ListWorkers, OperationsPermission
from colonnade.application.workspaces import GetWorkspace, MembershipPolicy
from colonnade.core import Forbidden, NotFound, UserId, new_id
from colonnade.domain.workspaces import GRANTS, Permission, Role, WorkspaceId

from .fakes import KnownMembers, KnownOperators

HOME, ELSEWHERE = new_id(WorkspaceId), new_id(WorkspaceId)
MEMBERS = {role: Caller(new_id(UserId)) for role in Role}
OPERATOR = Caller(new_id(UserId))
POLICY = MembershipPolicy(
    KnownMembers(HOME, {caller.user_id: role for role, caller in MEMBERS.items()}),
    KnownOperators(frozenset({OPERATOR.user_id})),
)


@given(st.sampled_from(Role), st.sampled_from(Permission))
async def test_a_member_may_do_what_their_role_grants_and_nothing_else(role: Role, permission: Permission) -> None:
    """A refusal says what was missing."""
    message = GetWorkspace(workspace_id=HOME)
    if permission in GRANTS[role]:
        await POLICY.authorise(permission, message, MEMBERS[role])
    else:
        with pytest.raises(Forbidden) as refused:
            await POLICY.authorise(permission, message, MEMBERS[role])
        assert refused.value.facts == {"role": role, "permission": permission}


@pytest.mark.parametrize("permission", Permission)
async def test_to_a_stranger_a_workspace_does_not_exist(permission: Permission) -> None:
    """One that is there and one that is not are refused alike."""
    refusals = []
    for workspace_id in (HOME, ELSEWHERE):
        with pytest.raises(NotFound) as refused:
            await POLICY.authorise(permission, GetWorkspace(workspace_id=workspace_id), Caller(new_id(UserId)))
        refusals.append((refused.value.message, refused.value.facts))

    assert refusals[0] == refusals[1]


async def test_a_role_reaches_no_further_than_its_workspace() -> None:
    """An owner here is a stranger there."""
    with pytest.raises(NotFound):
        await POLICY.authorise(Permission.WORKSPACE_READ, GetWorkspace(workspace_id=ELSEWHERE), MEMBERS[Role.OWNER])


@pytest.mark.parametrize("permission", OperationsPermission)
async def test_an_operator_may_look_after_the_service(permission: OperationsPermission) -> None:
    """That is no matter of any workspace: the owner of one may not."""
    await POLICY.authorise(permission, ListWorkers(), OPERATOR)
    for caller in (*MEMBERS.values(), Caller(new_id(UserId))):
        with pytest.raises(Forbidden) as refused:
            await POLICY.authorise(permission, ListWorkers(), caller)
        assert refused.value.facts == {"permission": permission}


@pytest.mark.parametrize("permission", Permission)
async def test_an_operator_is_a_stranger_to_every_workspace(permission: Permission) -> None:
    """To look after the service is not to look into it."""
    with pytest.raises(NotFound):
        await POLICY.authorise(permission, GetWorkspace(workspace_id=HOME), OPERATOR)
