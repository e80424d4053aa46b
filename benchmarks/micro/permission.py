"""The permission check with a remembered membership, against a look-up in a set."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from colonnade.application.messaging import Caller
from colonnade.application.projects import GetProject
from colonnade.application.tasks import GetTask
from colonnade.application.workspaces import MembershipPolicy
from colonnade.application.workspaces.memberships import Membership
from colonnade.core import UserId, new_id
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import GRANTS, Permission, Role, WorkspaceId
from colonnade.infrastructure.identity.queries import SqlOperators
from colonnade.infrastructure.workspaces.memberships import CachedMemberships
from colonnade.infrastructure.workspaces.resources import SqlResources
from micro.timing import interleaved


class OneMember:
    """A database in which everybody belongs to every workspace, where nothing is private."""

    async def read(self, statement: object, parameters: Mapping[str, Any]) -> list[tuple[str, None, None]]:
        return [("member", None, None)]

    async def fetch(self, statement: object, parameters: Mapping[str, Any]) -> list[tuple[int]]:
        return [(0,)]


def policy_of_one() -> MembershipPolicy:
    """Return the policy with a member who is remembered after the first question."""
    database: Any = OneMember()  # all that is asked of a database
    return MembershipPolicy(CachedMemberships(database), SqlOperators(database), SqlResources(database))


def measure(*, rounds: int, calls: int) -> dict[str, float]:
    """Return microseconds of the check, of that for somebody who sees some projects only, and of a look-up in a set."""
    return asyncio.run(_measure(rounds, calls))


class OneOfSome(NamedTuple):
    """Memberships of people who see one project each."""

    membership: Membership

    async def of(self, user_id: UserId, workspace_id: WorkspaceId) -> Membership:
        return self.membership


async def _measure(rounds: int, calls: int) -> dict[str, float]:
    policy = policy_of_one()
    caller, message = Caller(new_id(UserId)), GetTask(workspace_id=new_id(WorkspaceId), task_id=new_id(TaskId))
    rule, granted = Permission.TASK_READ, GRANTS[Role.MEMBER]
    project_id = new_id(ProjectId)
    seen = Membership(Role.MEMBER, None, granted, frozenset({project_id}))
    database: Any = OneMember()  # all that is asked of a database
    some = MembershipPolicy(OneOfSome(seen), SqlOperators(database), SqlResources(database))
    in_project = GetProject(workspace_id=message.workspace_id, project_id=project_id)

    async def look_up() -> bool:
        return rule in granted

    return await interleaved(
        {
            "check": lambda: policy.authorise(rule, message, caller),
            "some_projects": lambda: some.authorise(Permission.PROJECT_READ, in_project, caller),
            "set": look_up,
        },
        rounds=rounds,
        calls=calls,
    )
