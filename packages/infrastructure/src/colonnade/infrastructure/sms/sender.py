"""What sends text messages, and several of them as one."""

from typing import Protocol

from colonnade.core import ColonnadeError
from colonnade.infrastructure.resilience import Failover
from colonnade.infrastructure.sms.message import TextMessage


class TextMessageRefused(ColonnadeError):
    """The message will never be taken, for example since nobody has the number.

    The facts hold the provider's `status` and `answer`.
    """

    code = "sms.refused"


class SmsSender(Protocol):
    """Sends text messages."""

    async def send(self, message: TextMessage) -> str | None:
        """Hand a message over to whoever delivers it.

        Returns:
            The provider's own id of the message, if it tells one.

        Raises:
            TextMessageRefused: It will never be taken.
            Unavailable: It cannot be handed over now.
        """
        ...


class ResilientSmsSender:
    """Sends by the first provider that can, under one policy.

    Providers know no repetition: an attempt that broke off after the message was taken sends it twice. With a policy of
    one attempt that happens only where the next provider is asked.
    """

    def __init__(self, providers: Failover[SmsSender]) -> None:
        self._providers = providers

    async def send(self, message: TextMessage) -> str | None:
        """Hand a message over to the first provider that takes it, and return that one's id of it.

        Raises:
            TextMessageRefused: A provider will never take it.
            Unavailable: None can take it now.
        """
        return await self._providers.call(lambda sender: sender.send(message))
