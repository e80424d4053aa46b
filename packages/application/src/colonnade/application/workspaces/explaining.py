"""Why somebody may or may not do a thing, and the policy as a list."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, NewType

from pydantic import Field

from colonnade.application.messaging import Caller, Message, OpenTo, Query
from colonnade.application.operations import OperationsPermission
from colonnade.application.views import View
from colonnade.application.workspaces.memberships import Memberships
from colonnade.application.workspaces.policy import MembershipPolicy, Trail
from colonnade.core import ColonnadeError, Invalid, NotFound, Page, UserId
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import Permission, Role, WorkspaceId

MessageKinds = NewType("MessageKinds", dict[str, type[Message[Any]]])
"""Every message that people can send, by its wire name."""


class StepView(View):
    """One step of a decision."""

    step: str
    detail: str


class DecisionView(View):
    """Whether somebody may do a thing, and why.

    Attributes:
        code: What they would be told instead.
    """

    allowed: bool
    code: str | None
    reason: str
    steps: tuple[StepView, ...]


class RoleView(View):
    """A role: what it allows.

    Attributes:
        own: Whether the workspace made it for itself.
        base: The role that it stands on.
        grants: Permissions, with `:author`, `:assignee` or `:involved` behind those that hold for some tasks only.
    """

    name: str
    own: bool
    base: Role
    grants: tuple[str, ...]


class ExplainAccess(Query[DecisionView], name="access.explain", requires=Permission.MEMBER_MANAGE):
    """Show whether a member may send a message, and why; of a task or a project, if you name one."""

    workspace_id: WorkspaceId
    user_id: UserId
    message: Annotated[str, Field(max_length=100, examples=["tasks.delete"])]
    subject_project_id: ProjectId | None = None
    subject_task_id: TaskId | None = None


class ListRoles(Query[Page[RoleView]], name="roles.list", requires=Permission.WORKSPACE_READ):
    """List the roles of a workspace, those that every workspace has first."""

    workspace_id: WorkspaceId


class Explainer:
    """Asks the policy itself, and keeps its steps."""

    def __init__(self, policy: MembershipPolicy, memberships: Memberships, kinds: MessageKinds) -> None:
        self._policy = policy
        self._memberships = memberships
        self._kinds = kinds

    async def explain(self, user_id: UserId, wire_name: str, values: Mapping[str, object]) -> DecisionView:
        """Return whether somebody may send a message, and why.

        Args:
            user_id: Who.
            wire_name: Of the message.
            values: Those of its fields that name what it is about.

        Raises:
            NotFound: There is no such message.
            Invalid: A workspace is named, and the message is about the service: that is nothing to its admins.
        """
        kind = self._kinds.get(wire_name)
        if kind is None:
            raise NotFound(f"there is no message {wire_name!r}", field="message")
        rule, trail = kind.access, Trail()
        if isinstance(rule, OperationsPermission) and "workspace_id" in values:
            raise Invalid("is about the service, not about a workspace", field="message")
        trail.note("rule", "{} is for {}", wire_name, _audience(rule))
        refusal = None
        if isinstance(rule, StrEnum):
            refusal = await self._refusal(rule, kind.model_construct(None, **values), Caller(user_id), trail)
        return DecisionView(
            allowed=refusal is None,
            code=refusal.code if refusal else None,
            reason=refusal.message if refusal else "allowed",
            steps=tuple(StepView(step=finding.step, detail=finding.detail) for finding in trail),
        )

    async def _refusal(
        self, rule: StrEnum, message: Message[Any], caller: Caller, trail: Trail
    ) -> ColonnadeError | None:
        if isinstance(rule, OperationsPermission):
            try:
                await self._policy.authorise(rule, message, caller)
            except ColonnadeError as error:
                trail.note("operator", "does not look after the service")
                return error
            trail.note("operator", "looks after the service")
            return None
        workspace_id = getattr(message, "workspace_id", None)
        if workspace_id is None:
            raise Invalid("name the workspace", field="workspace_id")
        membership = await self._memberships.of(caller.user_id, workspace_id)
        return await self._policy.judge(Permission(rule), message, caller, membership, trail)


def _audience(rule: object) -> str:
    if isinstance(rule, OpenTo):
        return {
            OpenTo.EVERYBODY: "everybody",
            OpenTo.SIGNED_IN: "everybody who is signed in, about what is theirs",
            OpenTo.SERVICE: "the service itself",
        }[rule]
    return f"those who have {rule}"
