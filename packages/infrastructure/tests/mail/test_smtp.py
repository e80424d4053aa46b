import asyncio
import ssl

import pytest
from pydantic import SecretStr

from colonnade.core import Email, Unavailable
from colonnade.infrastructure.mail import Mail, MailRefused, Security, SmtpMailer, SmtpSettings
from colonnade.testing import FrozenClock

from ..outbound.certificates import Authority
from .servers import PASSWORD, Post, post

MAIL = Mail(
    to=Email("ada@example.com"),
    subject="Ада assigned you “Über-Aufgabe” 🎉",
    text="Grüße\n.\nA line with a dot alone ends nothing.\n",
    html="<p>Grüße</p>",
    message_id="<1@colonnade.example>",
    headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
)


def mailer(
    clock: FrozenClock, server: Post | int, context: ssl.SSLContext | None = None, **changes: object
) -> SmtpMailer:
    given = {
        "host": "127.0.0.1",
        "port": server if isinstance(server, int) else server.port,
        "sender": "Colonnade <noreply@colonnade.example>",
        "security": Security.NONE,
        "timeout_seconds": 5.0,
        "hello_name": "test.example",
    }
    return SmtpMailer(SmtpSettings(**{**given, **changes}), clock=clock, context=context)  # type: ignore[arg-type]


async def test_a_mail_arrives_as_it_was_written(clock: FrozenClock) -> None:
    async with post() as server:
        await mailer(clock, server).send(MAIL)
    [received] = server.mails
    assert server.recipients == ["ada@example.com"]
    assert received["Subject"] == MAIL.subject
    assert received["From"] == "Colonnade <noreply@colonnade.example>"
    assert received["Message-ID"] == MAIL.message_id
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = received.iter_parts()
    assert text.get_content().splitlines() == MAIL.text.splitlines()
    assert html.get_content().strip() == MAIL.html
    assert (server.signed_in, server.encrypted) == ([False], [False])


async def test_an_address_that_does_not_exist_is_refused_for_good(clock: FrozenClock) -> None:
    async with post() as server:
        server.on_recipient = "550 5.1.1 no such user"
        with pytest.raises(MailRefused) as refusal:
            await mailer(clock, server).send(MAIL)
    assert not refusal.value.retryable
    assert refusal.value.facts == {"status": 550, "answer": "5.1.1 no such user"}
    assert server.mails == []


async def test_content_that_is_not_taken_is_refused_for_good(clock: FrozenClock) -> None:
    async with post() as server:
        server.on_content = "554 5.6.0 not like this"
        with pytest.raises(MailRefused) as refusal:
            await mailer(clock, server).send(MAIL)
    assert refusal.value.facts["status"] == 554


async def test_greylisting_means_later(clock: FrozenClock) -> None:
    async with post() as server:
        server.on_recipient = "451 4.7.1 try again later"
        with pytest.raises(Unavailable) as later:
            await mailer(clock, server).send(MAIL)
        assert later.value.facts == {"status": 451, "answer": "4.7.1 try again later"}
        server.on_recipient, server.on_content = "250 OK", "452 4.3.1 disk full"
        with pytest.raises(Unavailable):
            await mailer(clock, server).send(MAIL)


async def test_a_server_that_is_not_there_is_unavailable(clock: FrozenClock) -> None:
    async with post() as server:
        pass
    with pytest.raises(Unavailable):
        await mailer(clock, server).send(MAIL)


@pytest.mark.parametrize("command", ["EHLO", "DATA"])
async def test_a_server_that_hangs_is_unavailable(clock: FrozenClock, command: str) -> None:
    async with post() as server:
        server.hangs_at = command
        with pytest.raises(Unavailable):
            await mailer(clock, server, timeout_seconds=0.1).send(MAIL)


async def test_a_server_that_took_the_mail_and_hangs_afterwards_has_taken_it(clock: FrozenClock) -> None:
    async with post() as server:
        server.hangs_at = "QUIT"
        async with asyncio.timeout(2):
            await mailer(clock, server, farewell_seconds=0.01).send(MAIL)
    assert len(server.mails) == 1


async def test_a_send_that_is_cancelled_ends_at_once(clock: FrozenClock) -> None:
    async with post() as server:
        server.hangs_at = "DATA"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await mailer(clock, server, timeout_seconds=3600).send(MAIL)


async def test_something_else_than_a_mail_server_is_unavailable(clock: FrozenClock) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 no service for you\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        with pytest.raises(Unavailable):
            await mailer(clock, server.sockets[0].getsockname()[1]).send(MAIL)


async def test_who_signs_in_has_the_password(clock: FrozenClock) -> None:
    async with post() as server:
        await mailer(clock, server, username="colonnade", password=SecretStr(PASSWORD)).send(MAIL)
        assert server.signed_in == [True]
        with pytest.raises(Unavailable) as failure:
            await mailer(clock, server, username="colonnade", password=SecretStr("wrong")).send(MAIL)
    assert "wrong" not in f"{failure.value}{failure.value.facts}"
    assert len(server.mails) == 1


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_connections_are_encrypted_where_asked(
    clock: FrozenClock,
    authority: Authority,
    security: Security,
) -> None:
    async with post(tls=authority.serving, starttls=security is Security.STARTTLS) as server:
        options = {"security": security, "host": "localhost"}
        await mailer(clock, server, authority.trusting, **options).send(MAIL)
        assert server.encrypted == [True]
        with pytest.raises(Unavailable):
            await mailer(clock, server, **options).send(MAIL)
    assert len(server.mails) == 1


async def test_a_server_without_starttls_gets_no_mail_that_asks_for_it(clock: FrozenClock) -> None:
    async with post() as server:
        with pytest.raises(Unavailable):
            await mailer(clock, server, security=Security.STARTTLS).send(MAIL)
    assert server.attempts == 0


@pytest.mark.parametrize("utf8", [True, False])
async def test_an_address_in_another_script_needs_a_server_that_knows_it(clock: FrozenClock, utf8: bool) -> None:
    mail = Mail(to=Email("ада@example.com"), subject="Hi", text="Hi", message_id="<1@colonnade.example>")
    async with post(utf8=utf8) as server:
        if utf8:
            await mailer(clock, server).send(mail)
            assert server.recipients == ["ада@example.com"]
        else:
            with pytest.raises(MailRefused):
                await mailer(clock, server).send(mail)
