"""Mail by SMTP (RFC 5321): what a server's answers mean."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from pydantic import SecretStr

from colonnade.core import Clock, Unavailable
from colonnade.infrastructure.mail.mailer import MailRefused
from colonnade.infrastructure.mail.message import Mail, render

_PERMANENT = 500


class Security(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """One mail server.

    Attributes:
        host: Its name.
        port: Its port: as a rule 587 with `starttls`, 465 with `tls`, 25 with `none`.
        sender: From whom mail comes: an address, or `Name <address>`.
        username: Who signs in; none if nobody does.
        password: With what.
        security: How the connection is protected.
        timeout_seconds: The most that handing over one mail may take.
        farewell_seconds: The most that is waited for the server's goodbye once it has taken the mail.
        hello_name: What we call ourselves to the server; the machine's name unless given.
    """

    host: str
    port: int
    sender: str
    username: str | None = None
    password: SecretStr | None = None
    security: Security = Security.STARTTLS
    timeout_seconds: float = 20.0
    farewell_seconds: float = 1.0
    hello_name: str | None = None


class SmtpMailer:
    """Sends each mail over a connection of its own."""

    def __init__(self, settings: SmtpSettings, *, clock: Clock, context: ssl.SSLContext | None = None) -> None:
        """Make a mailer; it connects when it sends.

        Args:
            settings: The server.
            clock: Dates the mails.
            context: Whom TLS trusts; the operating system's authorities unless given.
        """
        self._settings = settings
        self._clock = clock
        self._context = context

    async def send(self, mail: Mail) -> None:
        """Hand a mail over to the server.

        Raises:
            MailRefused: The server will never take this mail or this recipient (5xx).
            Unavailable: The server does not answer, says "not now" (4xx), or will not have us as a client.
        """
        settings = self._settings
        message = render(mail, sender=settings.sender, at=self._clock.now())
        client = SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=settings.hello_name,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
            use_tls=settings.security is Security.TLS,
            start_tls=settings.security is Security.STARTTLS,
            tls_context=self._context,
            timeout=settings.timeout_seconds,
        )
        try:
            with _translated(settings.host):
                async with asyncio.timeout(settings.timeout_seconds):
                    await client.connect()
                    await client.send_message(message)
            with suppress(SMTPException):
                await client.quit(timeout=settings.farewell_seconds)
        finally:
            client.close()


@contextmanager
def _translated(host: str) -> Iterator[None]:
    try:
        yield
    except SMTPRecipientsRefused as error:
        raise _refusal(error.recipients[0]) from error
    except SMTPDataError as error:
        raise _refusal(error) from error
    except SMTPNotSupported as error:
        raise MailRefused(f"{host} does not take such a mail: {error.message}", answer=error.message) from error
    except SMTPResponseException as error:
        raise Unavailable(f"{host} does not serve us: {error.code} {error.message}", host=host) from error
    except (SMTPException, OSError) as error:
        raise Unavailable(f"{host} does not answer: {error}", host=host) from error


def _refusal(error: SMTPResponseException) -> MailRefused | Unavailable:
    said = f"{error.code} {error.message}"
    if error.code < _PERMANENT:
        return Unavailable(f"the mail is not taken now: {said}", status=error.code, answer=error.message)
    return MailRefused(f"the mail is refused: {said}", status=error.code, answer=error.message)
