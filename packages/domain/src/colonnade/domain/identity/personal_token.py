"""Personal tokens: what scripts show instead of a person, carrying less than the person may do."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType, Protocol, Self
from uuid import UUID

from colonnade.core import AggregateRoot, Invalid, Repository, TextValue, UserId
from colonnade.domain.identity.personal_token_events import PersonalTokenCreated, PersonalTokenRevoked

PersonalTokenId = NewType("PersonalTokenId", UUID)


class TokenName(TextValue):
    """What somebody calls a token."""

    __slots__ = ()
    max_length = 80
    example = "Nightly report"


@dataclass(eq=False, kw_only=True)
class PersonalToken(AggregateRoot[PersonalTokenId]):
    """A token of somebody's, of which only the hash is kept.

    Attributes:
        digest: SHA-256 of the token, hexadecimal.
        hint: Its beginning, by which its owner tells it apart.
        permissions: Values of the permissions that it carries; its owner must have them, too, whenever it is used.
        workspace_id: The only workspace that it is good for; none for all of its owner's.
        project_ids: The only projects that it is good for; empty for all that its owner sees.
    """

    stream_kind: ClassVar[str] = "personal_token"

    user_id: UserId
    name: TokenName
    digest: str
    hint: str
    permissions: frozenset[str]
    workspace_id: UUID | None
    project_ids: frozenset[UUID]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    @classmethod
    def create(
        cls,
        token_id: PersonalTokenId,
        *,
        user_id: UserId,
        name: TokenName,
        digest: str,
        hint: str,
        permissions: frozenset[str],
        workspace_id: UUID | None,
        project_ids: frozenset[UUID],
        at: datetime,
        expires_at: datetime,
    ) -> Self:
        """Make a token.

        Raises:
            Invalid: It would carry nothing, be for projects of no workspace, or has expired already.
        """
        if not permissions:
            raise Invalid("name at least one permission", field="permissions")
        if project_ids and workspace_id is None:
            raise Invalid("name the workspace of the projects", field="workspace_id")
        if expires_at <= at:
            raise Invalid("lies in the past", field="expires_at")
        token = cls(
            id=token_id,
            user_id=user_id,
            name=name,
            digest=digest,
            hint=hint,
            permissions=permissions,
            workspace_id=workspace_id,
            project_ids=project_ids,
            created_at=at,
            expires_at=expires_at,
        )
        token.record(
            PersonalTokenCreated(
                token_id=token_id,
                user_id=user_id,
                permissions=tuple(sorted(permissions)),
                workspace_id=workspace_id,
                project_ids=tuple(sorted(project_ids)),
                expires_at=expires_at,
            )
        )
        return token

    def revoke(self, *, at: datetime) -> None:
        """Let it be good no more; a second time changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = at
            self.record(PersonalTokenRevoked(token_id=self.id, user_id=self.user_id))


class PersonalTokenRepository(Repository[PersonalToken, PersonalTokenId], Protocol):
    """All personal tokens, revoked ones included."""
