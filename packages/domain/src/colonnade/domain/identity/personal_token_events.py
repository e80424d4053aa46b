"""What happens to personal tokens."""

from datetime import datetime
from uuid import UUID

from colonnade.core import DomainEvent, UserId


class PersonalTokenCreated(DomainEvent, type="identity.personal_token_created", version=1):
    """Somebody made a token for a script.

    Attributes:
        permissions: What it carries.
        workspace_id: The only workspace that it is good for, if it is for one.
        project_ids: The only projects that it is good for, if it is for some.
    """

    token_id: UUID
    user_id: UserId
    permissions: tuple[str, ...]
    workspace_id: UUID | None
    project_ids: tuple[UUID, ...]
    expires_at: datetime


class PersonalTokenRevoked(DomainEvent, type="identity.personal_token_revoked", version=1):
    """A token is good no more."""

    token_id: UUID
    user_id: UserId


EVENTS = (PersonalTokenCreated, PersonalTokenRevoked)
