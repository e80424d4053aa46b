"""Who may do what in a workspace: decided by its roles, its projects, and conditions on tasks."""

from enum import StrEnum
from typing import Any, NamedTuple

from colonnade.application.identity.operators import Operators
from colonnade.application.messaging import Caller, Message
from colonnade.application.operations import OperationsPermission
from colonnade.application.workspaces.memberships import WORKSPACE_FIELD, Membership, Memberships, seen_projects
from colonnade.application.workspaces.resources import SUBJECT, Resources, TaskFacts, named_by
from colonnade.core import ColonnadeError, Forbidden, NotFound
from colonnade.core.specifications import matches
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import Condition, Permission
from colonnade.domain.workspaces.permissions import OF_THE_WHOLE

_WHEN = {
    Condition.ALWAYS: "always",
    Condition.AUTHOR: "that you opened",
    Condition.ASSIGNEE: "that are assigned to you",
    Condition.INVOLVED: "that you opened or that are assigned to you",
}


class Finding(NamedTuple):
    """One step of a decision, in words."""

    step: str
    detail: str


class Trail(list[Finding]):
    """The steps of a decision, for whoever asks why."""

    def note(self, step: str, text: str, *values: object) -> None:
        """Add a step; the values go where the text has braces."""
        self.append(Finding(step, text.format(*values)))


class MembershipPolicy:
    """Allows what the caller's grants in the message's workspace allow, and operators to look after the service.

    To somebody who does not belong to the workspace it does not exist; nor does, to somebody who does not see it, a
    project or a task in it.
    """

    def __init__(self, memberships: Memberships, operators: Operators, resources: Resources) -> None:
        self._of = memberships.of
        self._is_operator = operators.has
        self._resources = resources

    async def authorise(self, permission: StrEnum, message: Message[Any], caller: Caller) -> None:
        """Return if the caller may.

        Raises:
            NotFound: They do not belong to the workspace, or do not see what the message names, or there is none.
            Forbidden: Nothing grants them the permission.
        """
        if isinstance(permission, OperationsPermission):
            if not await self._is_operator(caller.user_id):
                raise Forbidden("only an operator of the service may do this", permission=permission)
            return
        membership = await self._of(caller.user_id, message.workspace_id)  # type: ignore[attr-defined]  # a test holds it
        if (
            membership is not None
            and caller.limits is None
            and membership.grants.get(permission) is Condition.ALWAYS  # type: ignore[call-overload]  # any permission
            and (membership.projects is None or _surely_sees(membership.projects, permission, message))
        ):
            return
        refusal = await self.judge(Permission(permission), message, caller, membership)
        if refusal is not None:
            raise refusal

    async def judge(
        self,
        permission: Permission,
        message: Message[Any],
        caller: Caller,
        membership: Membership | None,
        trail: Trail | None = None,
    ) -> ColonnadeError | None:
        """Return why the caller may not, or none if they may.

        Args:
            permission: What the message needs.
            message: What is asked.
            caller: By whom.
            membership: What they are in the message's workspace.
            trail: Takes every step of the decision, if somebody wants to know.
        """
        workspace_id = message.workspace_id  # type: ignore[attr-defined]  # a test holds it
        within = caller.limits.within.get(WORKSPACE_FIELD) if caller.limits else None
        if membership is None or (within is not None and workspace_id not in within):
            _note(trail, "membership", "does not belong to the workspace, or the token is for another one")
            return NotFound("there is no such workspace", field=WORKSPACE_FIELD)
        role = membership.own_role or membership.role
        _note(trail, "membership", "is {} of the workspace", role)
        condition = membership.grants.get(permission)
        if condition is None:
            _note(trail, "grant", "the role {} does not grant {}", role, permission)
            return Forbidden(f"a {role} may not do this: it needs {permission}", role=role, permission=permission)
        _note(trail, "grant", "the role grants {}, {}", permission, _WHEN[condition])
        seen = seen_projects(membership, caller)
        if seen is None and condition is Condition.ALWAYS:
            _note(trail, "projects", "sees every project")
            return None
        if seen is not None and permission in OF_THE_WHOLE:
            _note(trail, "projects", "sees {} projects, and {} is about every one", len(seen), permission)
            return Forbidden("only those who see every project may do this", permission=permission)
        tasks = await self._tasks(message)
        return _unseen(message, seen, tasks, trail) or _unmet(message, condition, caller, tasks, trail)

    async def _tasks(self, message: Message[Any]) -> dict[TaskId, TaskFacts]:
        task_ids = named_by(type(message)).task_ids(message)
        workspace_id = message.workspace_id  # type: ignore[attr-defined]  # a test holds it
        return dict(await self._resources.tasks(workspace_id, task_ids)) if task_ids else {}


def _surely_sees(seen: frozenset[ProjectId], permission: StrEnum, message: Message[Any]) -> bool:
    """Tell, of those who see some projects, whether they see what a message names, if that is known without asking."""
    if permission in OF_THE_WHOLE:
        return False
    named = named_by(type(message))
    if named.tasks:
        return False
    for name in named.projects:
        project_id = getattr(message, name)
        if project_id is not None and project_id not in seen:
            return False
    return True


def _unseen(
    message: Message[Any], seen: frozenset[ProjectId] | None, tasks: dict[TaskId, TaskFacts], trail: Trail | None
) -> NotFound | None:
    """Return that something which the message names is not there for the caller."""
    if seen is None:
        _note(trail, "projects", "sees every project")
        return None
    named = named_by(type(message))
    for project_id, name in named.project_ids(message).items():
        if project_id not in seen:
            _note(trail, "projects", "does not see the project in {}", name)
            return NotFound("there is no such project", field=name)
    for task_id, name in named.task_ids(message).items():
        task = tasks.get(task_id)
        if task is None or task.project_id not in seen:
            _note(trail, "projects", "does not see the task in {}", name)
            return NotFound("there is no such task", field=name)
    _note(trail, "projects", "sees {} projects, and what the message names in them", len(seen))
    return None


def _unmet(
    message: Message[Any], condition: Condition, caller: Caller, tasks: dict[TaskId, TaskFacts], trail: Trail | None
) -> Forbidden | None:
    """Return that the condition of the grant is not met; of a task that is not there the handler says so."""
    specification = condition.holds(caller.user_id)
    if specification is None:
        return None
    subject = getattr(message, SUBJECT, None)
    if subject is not None and (subject not in tasks or matches(specification, tasks[subject])):
        _note(trail, "condition", "is {} of the task" if subject in tasks else "there is no such task", condition)
        return None
    _note(trail, "condition", "holds only with tasks {}, and this is none", _WHEN[condition])
    return Forbidden(f"you may do this only with tasks {_WHEN[condition]}", condition=condition)


def _note(trail: Trail | None, step: str, text: str, *values: object) -> None:
    if trail is not None:
        trail.note(step, text, *values)
