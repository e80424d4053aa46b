"""What sends mail, and several of them as one."""

from typing import Protocol

from colonnade.core import ColonnadeError
from colonnade.infrastructure.mail.message import Mail
from colonnade.infrastructure.resilience import Failover


class MailRefused(ColonnadeError):
    """The mail will never be taken: the address does not exist, or the content is not accepted.

    The facts hold the server's `status` and `answer`.
    """

    code = "mail.refused"


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail) -> None:
        """Hand a mail over to whoever delivers it.

        Raises:
            MailRefused: It will never be taken.
            Unavailable: It cannot be handed over now.
        """
        ...


class ResilientMailer:
    """Sends by the first provider that can, under one policy.

    An attempt that broke off may have been delivered: the receiver knows the repetition by its `Message-ID`.
    """

    def __init__(self, providers: Failover[Mailer]) -> None:
        self._providers = providers

    async def send(self, mail: Mail) -> None:
        """Hand a mail over to the first provider that takes it.

        Raises:
            MailRefused: A provider will never take it.
            Unavailable: None can take it now.
        """
        await self._providers.call(lambda mailer: mailer.send(mail))
