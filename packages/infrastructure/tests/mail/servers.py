"""A mail server that takes, refuses and delays mail as a test wants."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

PASSWORD = "open sesame"


class Post:
    """Handles what aiosmtpd is told, and keeps what it takes."""

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.attempts = 0
        self.signed_in: list[bool] = []
        self.encrypted: list[bool] = []
        self.on_recipient = "250 OK"
        self.on_content = "250 OK"
        self.hangs_at: str | None = None
        self.woken = asyncio.Event()

    async def _pause(self, command: str) -> None:
        if self.hangs_at == command:
            await self.woken.wait()

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await self._pause("EHLO")
        return responses

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.attempts += 1
        if self.on_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.on_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        await self._pause("DATA")
        if self.on_content.startswith("2"):
            self.mails.append(cast("EmailMessage", message_from_bytes(cast("bytes", envelope.content), policy=default)))
            self.recipients.extend(envelope.rcpt_tos)
            self.signed_in.append(bool(session.authenticated))
            self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return self.on_content

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        await self._pause("QUIT")
        return "221 Bye"


def sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    """Let everybody in who knows the password."""
    return AuthResult(success=given.password == PASSWORD.encode(), handled=False)


@asynccontextmanager
async def post(
    *, port: int = 0, tls: ssl.SSLContext | None = None, starttls: bool = False, **options: Any
) -> AsyncIterator[Post]:
    """Run a mail server until the block ends."""
    handler = Post()

    def connect() -> SMTP:
        return SMTP(
            handler,
            hostname="post.example",
            enable_SMTPUTF8=options.get("utf8", True),
            authenticator=sign_in,
            auth_require_tls=False,
            tls_context=tls if starttls else None,
        )

    server = await asyncio.get_running_loop().create_server(connect, "127.0.0.1", port, ssl=None if starttls else tls)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        handler.woken.set()
        server.close()
