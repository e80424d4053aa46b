"""The ways in which somebody can sign in, so that the last one is never taken away."""

from typing import Protocol
from uuid import UUID

from colonnade.core import UserId
from colonnade.domain.identity.passkeys import LastWayIn


class WaysIn(Protocol):
    """Knows how somebody can sign in, within the unit of work."""

    async def besides(self, user_id: UserId, taken: UUID) -> int:
        """Count a password, good passkeys and linked providers, and let nobody else take one away meanwhile.

        Args:
            user_id: Whose.
            taken: The passkey or link that is about to go.
        """
        ...


async def require_another_way(ways: WaysIn, user_id: UserId, taken: UUID) -> None:
    """Return if somebody can still sign in when one way is gone.

    Raises:
        LastWayIn: They could not.
    """
    if not await ways.besides(user_id, taken):
        raise LastWayIn("this is your only way to sign in: set up another one first")
