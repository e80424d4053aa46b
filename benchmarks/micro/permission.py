"""The permission check with a remembered membership, against a look-up in a set."""

import asyncio
from collections.abc import Mapping
from typing import Any

from colonnade.application.messaging import Caller
from colonnade.application.tasks import GetTask
from colonnade.application.workspaces import MembershipPolicy
from colonnade.core import UserId, new_id
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
    """Return microseconds of the check and of a look-up in a set."""
    return asyncio.run(_measure(rounds, calls))


async def _measure(rounds: int, calls: int) -> dict[str, float]:
    policy = policy_of_one()
    caller, message = Caller(new_id(UserId)), GetTask(workspace_id=new_id(WorkspaceId), task_id=new_id(TaskId))
    rule, granted = Permission.TASK_READ, GRANTS[Role.MEMBER]

    async def look_up() -> bool:
        return rule in granted

    return await interleaved(
        {"check": lambda: policy.authorise(rule, message, caller), "set": look_up}, rounds=rounds, calls=calls
    )
