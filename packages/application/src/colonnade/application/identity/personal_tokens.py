"""Tokens for scripts: made, listed, revoked."""

from datetime import datetime, timedelta
from typing import Annotated, NamedTuple, Protocol, Self
from uuid import UUID

from pydantic import Field

from colonnade.application.messaging import SIGNED_IN, Caller, Command, Handlers, Query
from colonnade.application.operations import OperationsPermission
from colonnade.application.views import View
from colonnade.application.workspaces.memberships import Memberships
from colonnade.core import Clock, Conflict, Invalid, NotFound, Page, field, new_id
from colonnade.domain.identity.personal_token import (
    PersonalToken,
    PersonalTokenId,
    PersonalTokenRepository,
    TokenName,
)
from colonnade.domain.projects import ProjectId
from colonnade.domain.workspaces import Permission, WorkspaceId

handlers = Handlers()

_KNOWN = {*Permission, *OperationsPermission}

PermissionName = Annotated[str, Field(max_length=60, examples=["task.read"])]


class NewToken(Protocol):
    """A token as it is shown once, and what is kept of it."""

    @property
    def text(self) -> str:
        """The token."""
        ...

    @property
    def digest(self) -> str:
        """What is kept of it."""
        ...

    @property
    def hint(self) -> str:
        """Its beginning."""
        ...


class TokenMint(Protocol):
    """Makes tokens that mean nothing by themselves."""

    def make(self) -> NewToken:
        """Return a new token."""
        ...


class PersonalTokenSettings(NamedTuple):
    """What an operator decides about personal tokens.

    Attributes:
        longest_days: How long one may be good.
        limit: How many somebody may have.
    """

    longest_days: int
    limit: int


class PersonalTokenView(View):
    """A token, without its secret.

    Attributes:
        hint: Its beginning.
        used_at: When it was last used, to within some minutes.
    """

    id: UUID
    name: str
    hint: str
    permissions: tuple[str, ...]
    workspace_id: UUID | None
    project_ids: tuple[UUID, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None

    @classmethod
    def of(cls, token: PersonalToken) -> Self:
        """Return the view of a new token."""
        return cls(
            id=token.id,
            name=str(token.name),
            hint=token.hint,
            permissions=tuple(sorted(token.permissions)),
            workspace_id=token.workspace_id,
            project_ids=tuple(sorted(token.project_ids)),
            created_at=token.created_at,
            expires_at=token.expires_at,
            used_at=None,
        )


class PersonalTokenWithSecret(View):
    """A new token: its secret is shown this once."""

    token: str = Field(repr=False)
    details: PersonalTokenView


class CreatePersonalToken(Command[PersonalTokenWithSecret], name="tokens.create", requires=SIGNED_IN, step_up=True):
    """Make a token for a script. It carries the permissions that you name, as far as you have them when it is used."""

    name: TokenName
    permissions: Annotated[tuple[PermissionName, ...], Field(min_length=1, max_length=40)]
    workspace_id: WorkspaceId | None = None
    project_ids: Annotated[tuple[ProjectId, ...], Field(max_length=100)] = ()
    days: Annotated[int, Field(ge=1, description="How long it is good, as far as the operator allows.")] = 30


class RevokePersonalToken(Command[None], name="tokens.revoke", requires=SIGNED_IN):
    """Let a token of yours be good no more, at once."""

    token_id: UUID


class ListPersonalTokens(Query[Page[PersonalTokenView]], name="tokens.list", requires=SIGNED_IN):
    """List your tokens that are good, the newest first."""


@handlers.handles(CreatePersonalToken)
async def create_personal_token(
    command: CreatePersonalToken,
    tokens: PersonalTokenRepository,
    memberships: Memberships,
    mint: TokenMint,
    settings: PersonalTokenSettings,
    caller: Caller,
    clock: Clock,
) -> PersonalTokenWithSecret:
    """Make a token and show it once."""
    unknown = sorted(set(command.permissions) - _KNOWN)
    if unknown:
        raise Invalid(
            f"there is no permission {unknown[0]!r}: choose of {', '.join(sorted(_KNOWN))}", field="permissions"
        )
    if command.days > settings.longest_days:
        raise Invalid(f"a token is good for at most {settings.longest_days} days", field="days")
    await _require_reach(command, memberships, caller)
    now = clock.now()
    present = await tokens.matching(
        (field("user_id") == caller.user_id) & (field("revoked_at") == None) & (field("expires_at") > now),  # noqa: E711
        limit=settings.limit,
    )
    if len(present) >= settings.limit:
        raise Conflict(f"you have {settings.limit} tokens already: revoke one first")
    new = mint.make()
    token = PersonalToken.create(
        new_id(PersonalTokenId),
        user_id=caller.user_id,
        name=command.name,
        digest=new.digest,
        hint=new.hint,
        permissions=frozenset(command.permissions),
        workspace_id=command.workspace_id,
        project_ids=frozenset(command.project_ids),
        at=now,
        expires_at=now + timedelta(days=command.days),
    )
    await tokens.add(token)
    return PersonalTokenWithSecret(token=new.text, details=PersonalTokenView.of(token))


@handlers.handles(RevokePersonalToken)
async def revoke_personal_token(
    command: RevokePersonalToken, tokens: PersonalTokenRepository, caller: Caller, clock: Clock
) -> None:
    """Revoke the token."""
    token = await tokens.get(PersonalTokenId(command.token_id))
    if token.user_id != caller.user_id:
        raise NotFound("there is no such token")
    token.revoke(at=clock.now())


async def _require_reach(command: CreatePersonalToken, memberships: Memberships, caller: Caller) -> None:
    """Check that somebody sees what they name: a token must not tell them what is there."""
    if command.workspace_id is None:
        return
    membership = await memberships.of(caller.user_id, command.workspace_id)
    if membership is None:
        raise Invalid("you do not belong to such a workspace", field="workspace_id")
    if membership.projects is not None and not membership.projects.issuperset(command.project_ids):
        raise Invalid("you do not see such a project", field="project_ids")
