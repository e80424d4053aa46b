"""Who may send a message: declared on its class, enforced by the bus, deny unless allowed."""

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    from colonnade.application.messaging.context import Caller
    from colonnade.application.messaging.messages import Message


class OpenTo(Enum):
    """The rules that need no permission."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed in"
    SERVICE = "the service"


PUBLIC: Final = OpenTo.EVERYBODY
"""Anybody may send it, signed in or not."""

SIGNED_IN: Final = OpenTo.SIGNED_IN
"""Anybody who is signed in may send it; the handler limits it to what is theirs."""

INTERNAL: Final = OpenTo.SERVICE
"""Only the service itself sends it, from a job, a subscription or a process; it has no row in a contract."""

AccessRule: TypeAlias = OpenTo | StrEnum
"""A rule, or a member of the service's own enumeration of permissions."""


class AccessPolicy(Protocol):
    """Decides whether a caller has a permission for what a message is about."""

    async def authorise(self, permission: StrEnum, message: "Message[Any]", caller: "Caller") -> None:
        """Return if the caller may.

        Raises:
            Forbidden: The caller knows of the thing and may not.
            NotFound: The caller must not learn that the thing is there.
        """
        ...
