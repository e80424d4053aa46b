"""What stops being good when somebody takes their account back: links that are under way, and sign-ins."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from colonnade.core import UserId, field
from colonnade.domain.identity import Purpose, SecretRepository, SessionRepository
from colonnade.domain.identity.device_grant import DeviceGrantRepository
from colonnade.domain.identity.personal_token import PersonalTokenRepository

ACCOUNT_LINKS = frozenset({Purpose.RESET_PASSWORD, Purpose.CHANGE_EMAIL, Purpose.SECOND_FACTOR})
"""What an attacker may have under way: all of it ends with a new password or another address."""

_ALL = 100_000


async def withdraw_secrets(
    user_id: UserId, purposes: Collection[Purpose], secrets: SecretRepository, *, at: datetime
) -> None:
    """Let all that was handed to somebody for these purposes be good no more."""
    unused = (field("user_id") == user_id) & (field("used_at") == None)  # noqa: E711 - a comparison as data
    for secret in await secrets.matching(unused, limit=_ALL):
        if secret.purpose in purposes:
            secret.withdraw(at=at)


async def end_sessions(
    user_id: UserId,
    sessions: SessionRepository,
    grants: DeviceGrantRepository,
    *,
    at: datetime,
    keep: UUID | None = None,
) -> int:
    """End every session of somebody but one; a hundred thousand are more than anybody has. Return how many ended.

    Devices that were let in and have not taken their sign-in yet get none.
    """
    let_in = (field("decided_by") == user_id) & (field("redeemed_at") == None)  # noqa: E711 - a comparison as data
    for grant in await grants.matching(let_in, limit=_ALL):
        grant.take_back()
    going_on = (field("user_id") == user_id) & (field("ended_at") == None)  # noqa: E711 - a comparison as data
    ended = [session for session in await sessions.matching(going_on, limit=_ALL) if session.id != keep]
    for session in ended:
        session.end(at=at)
    return len(ended)


async def revoke_tokens(user_id: UserId, tokens: PersonalTokenRepository, *, at: datetime) -> int:
    """Let the personal tokens of somebody be good no more; return how many there were."""
    good = (field("user_id") == user_id) & (field("revoked_at") == None)  # noqa: E711 - a comparison as data
    revoked = await tokens.matching(good, limit=_ALL)
    for token in revoked:
        token.revoke(at=at)
    return len(revoked)
