"""The access policy of the product: roles, projects, conditions, tokens, and that strangers learn nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.application import Caller
from colonnade.application.messaging import Limits, Message
from colonnade.application.operations import ListWorkers, OperationsPermission
from colonnade.application.projects import GetProject
from colonnade.application.tasks import CreateTask, DeleteTask, EditTask, GetTask, ListTasks, RankTask
from colonnade.application.workspaces import GetWorkspace, Membership, MembershipPolicy, TaskFacts
from colonnade.application.workspaces.explaining import Explainer, MessageKinds
from colonnade.core import Forbidden, NotFound, UserId, new_id
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import TaskId, TaskTitle
from colonnade.domain.workspaces import GRANTS, Condition, Permission, Role, RoleName, WorkspaceId

from .fakes import KnownMembers, KnownOperators, KnownTasks

HOME, ELSEWHERE = new_id(WorkspaceId), new_id(WorkspaceId)
MEMBERS = {role: Caller(new_id(UserId)) for role in Role}
OPERATOR, LIMITED, REVIEWER = Caller(new_id(UserId)), Caller(new_id(UserId)), Caller(new_id(UserId))
SHARED, HIDDEN = new_id(ProjectId), new_id(ProjectId)
ANYBODY = new_id(UserId)
TASKS = {
    "theirs": new_id(TaskId),
    "assigned": new_id(TaskId),
    "another's": new_id(TaskId),
    "hidden": new_id(TaskId),
}
MEMBERSHIPS = KnownMembers(
    HOME,
    {
        **{caller.user_id: role for role, caller in MEMBERS.items()},
        LIMITED.user_id: Membership(Role.GUEST, None, GRANTS[Role.GUEST], frozenset({SHARED})),
        REVIEWER.user_id: Membership(
            Role.MEMBER,
            RoleName("reviewer"),
            {Permission.TASK_EDIT: Condition.INVOLVED, Permission.TASK_DELETE: Condition.AUTHOR},
            None,
        ),
    },
)
POLICY = MembershipPolicy(
    MEMBERSHIPS,
    KnownOperators(frozenset({OPERATOR.user_id})),
    KnownTasks(
        {
            TASKS["theirs"]: TaskFacts(SHARED, REVIEWER.user_id, ANYBODY),
            TASKS["assigned"]: TaskFacts(SHARED, ANYBODY, REVIEWER.user_id),
            TASKS["another's"]: TaskFacts(SHARED, ANYBODY, None),
            TASKS["hidden"]: TaskFacts(HIDDEN, LIMITED.user_id, LIMITED.user_id),
        }
    ),
)
EXPLAINER = Explainer(
    POLICY, MEMBERSHIPS, MessageKinds({kind.wire_name: kind for kind in (DeleteTask, GetTask, ListWorkers)})
)


@given(st.sampled_from(Role), st.sampled_from(Permission))
async def test_a_member_may_do_what_their_role_grants_and_nothing_else(role: Role, permission: Permission) -> None:
    """A refusal says what was missing; of a message about no task a grant for some tasks lets nothing through."""
    message = GetWorkspace(workspace_id=HOME)
    if GRANTS[role].get(permission) is Condition.ALWAYS:
        await POLICY.authorise(permission, message, MEMBERS[role])
        return
    with pytest.raises(Forbidden) as refused:
        await POLICY.authorise(permission, message, MEMBERS[role])
    if permission not in GRANTS[role]:
        assert refused.value.facts == {"role": role, "permission": permission}


@pytest.mark.parametrize(
    ("message", "task", "allowed"),
    [
        (DeleteTask, "theirs", True),
        (DeleteTask, "assigned", False),
        (DeleteTask, "another's", False),
        (EditTask, "theirs", True),
        (EditTask, "assigned", True),
        (EditTask, "another's", False),
    ],
)
async def test_a_grant_may_hold_for_some_tasks_only(message: type[Message[Any]], task: str, allowed: bool) -> None:
    """Those that one opened, or that are assigned to one."""
    asked = message(workspace_id=HOME, task_id=TASKS[task])
    permission = Permission(message.access.value)
    if allowed:
        await POLICY.authorise(permission, asked, REVIEWER)
        return
    with pytest.raises(Forbidden, match="only with tasks"):
        await POLICY.authorise(permission, asked, REVIEWER)


async def test_of_a_task_that_is_not_there_the_handler_says_so() -> None:
    """The policy neither knows nor tells."""
    await POLICY.authorise(Permission.TASK_DELETE, DeleteTask(workspace_id=HOME, task_id=new_id(TaskId)), REVIEWER)


@pytest.mark.parametrize(
    "message",
    [
        GetProject(workspace_id=HOME, project_id=HIDDEN),
        ListTasks(workspace_id=HOME, project_id=HIDDEN),
        GetTask(workspace_id=HOME, task_id=TASKS["hidden"]),
        EditTask(workspace_id=HOME, task_id=TASKS["hidden"]),
        RankTask(workspace_id=HOME, task_id=TASKS["theirs"], after=TASKS["hidden"]),
    ],
)
async def test_what_is_not_shared_with_a_guest_does_not_exist_for_them(message: Message[Any]) -> None:
    """Not even a task that is assigned to them, and in whatever field it is named; the words are the handler's own."""
    with pytest.raises(NotFound, match=r"there is no such (project|task)"):
        await POLICY.authorise(Permission(message.access.value), message, LIMITED)


async def test_a_guest_sees_what_is_shared_with_them() -> None:
    await POLICY.authorise(Permission.PROJECT_READ, GetProject(workspace_id=HOME, project_id=SHARED), LIMITED)
    await POLICY.authorise(Permission.TASK_READ, GetTask(workspace_id=HOME, task_id=TASKS["theirs"]), LIMITED)
    await POLICY.authorise(Permission.TASK_READ, ListTasks(workspace_id=HOME), LIMITED)


@pytest.mark.parametrize(
    ("message", "allowed"),
    [
        (GetTask(workspace_id=HOME, task_id=TASKS["theirs"]), True),
        (ListTasks(workspace_id=HOME, project_id=SHARED), True),
        (ListTasks(workspace_id=HOME), True),
        (GetTask(workspace_id=HOME, task_id=TASKS["hidden"]), False),
        (ListTasks(workspace_id=HOME, project_id=HIDDEN), False),
        (ListTasks(workspace_id=ELSEWHERE), False),
        (CreateTask(workspace_id=HOME, project_id=HIDDEN, title=TaskTitle("Take over")), False),
    ],
)
async def test_a_token_reaches_no_further_than_it_says_even_an_owners(message: Message[Any], allowed: bool) -> None:
    within = {"workspace_id": frozenset({HOME}), "project_id": frozenset({SHARED})}
    limits = Limits(new_id(UserId), frozenset(Permission), within)
    caller = Caller(MEMBERS[Role.OWNER].user_id, limits=limits)
    if allowed:
        await POLICY.authorise(Permission(message.access.value), message, caller)
        return
    with pytest.raises(NotFound):
        await POLICY.authorise(Permission(message.access.value), message, caller)


async def test_an_explanation_is_what_the_policy_itself_says() -> None:
    """With every step of the way."""
    values = {"workspace_id": HOME, "task_id": TASKS["another's"]}
    decision = await EXPLAINER.explain(REVIEWER.user_id, "tasks.delete", values)
    assert (decision.allowed, decision.code) == (False, "forbidden")
    assert [step.step for step in decision.steps] == ["rule", "membership", "grant", "projects", "condition"]
    allowed = await EXPLAINER.explain(REVIEWER.user_id, "tasks.delete", {**values, "task_id": TASKS["theirs"]})
    assert (allowed.allowed, allowed.code, allowed.reason) == (True, None, "allowed")


async def test_an_explanation_of_a_message_that_there_is_not_says_so() -> None:
    with pytest.raises(NotFound, match=r"tasks\.fly"):
        await EXPLAINER.explain(REVIEWER.user_id, "tasks.fly", {})


async def test_operators_are_explained_as_well() -> None:
    assert (await EXPLAINER.explain(OPERATOR.user_id, "operations.list_workers", {})).allowed
    assert not (await EXPLAINER.explain(REVIEWER.user_id, "operations.list_workers", {})).allowed


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
