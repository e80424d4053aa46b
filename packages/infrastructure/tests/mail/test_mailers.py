from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from colonnade.core import Email, Unavailable
from colonnade.infrastructure.mail import (
    FolderMailer,
    Mail,
    MailRefused,
    ResilientMailer,
    Security,
    SmtpMailer,
    SmtpSettings,
)
from colonnade.infrastructure.resilience import CircuitState, Failover, ResiliencePolicy
from colonnade.testing import FrozenClock

from .servers import Post, post

SENDER = "Colonnade <noreply@colonnade.example>"
MAIL = Mail(to=Email("ada@example.com"), subject="Hi", text="Hi Ada", message_id="<1@colonnade.example>")
POLICY = ResiliencePolicy(
    timeout_seconds=5, attempts=2, pause_seconds=0, jitter_seconds=0, failure_threshold=2, recovery_seconds=60
)


def failover(clock: FrozenClock, policy: ResiliencePolicy, **servers: Post) -> Failover[SmtpMailer]:
    mailers = {
        name: SmtpMailer(
            SmtpSettings(
                host="127.0.0.1", port=server.port, sender=SENDER, security=Security.NONE, hello_name="test.example"
            ),
            clock=clock,
        )
        for name, server in servers.items()
    }
    return Failover(mailers, policy, clock=clock)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_a_dead_server_is_replaced_by_the_next_until_it_is_back(clock: FrozenClock) -> None:
    async with post() as first:
        pass
    async with post() as second:
        providers = failover(clock, POLICY, first=first, second=second)
        mailer = ResilientMailer(providers)
        await mailer.send(MAIL)
        assert len(second.mails) == 1
        assert providers.health()[0].circuit is CircuitState.OPEN

        async with post(port=first.port) as revived:
            await mailer.send(MAIL)
            assert (revived.attempts, len(second.mails)) == (0, 2)

            clock.advance(seconds=POLICY.recovery_seconds)
            await mailer.send(MAIL)
            assert (len(revived.mails), len(second.mails)) == (1, 2)
            assert providers.health()[0].circuit is CircuitState.CLOSED


async def test_a_slow_server_is_replaced_by_the_next(clock: FrozenClock) -> None:
    policy = ResiliencePolicy(timeout_seconds=0.1, attempts=1)
    async with post() as first, post() as second:
        first.hangs_at = "DATA"
        await ResilientMailer(failover(clock, policy, first=first, second=second)).send(MAIL)
        assert (first.mails, len(second.mails)) == ([], 1)


async def test_an_address_that_does_not_exist_is_not_tried_elsewhere(clock: FrozenClock) -> None:
    async with post() as first, post() as second:
        first.on_recipient = "550 no such user"
        with pytest.raises(MailRefused):
            await ResilientMailer(failover(clock, POLICY, first=first, second=second)).send(MAIL)
        assert (first.attempts, second.attempts) == (1, 0)


async def test_a_mail_sent_again_keeps_its_identity(clock: FrozenClock) -> None:
    async with post() as server:
        server.on_content = "451 later"
        mailer = ResilientMailer(failover(clock, POLICY, only=server))
        with pytest.raises(Unavailable):
            await mailer.send(MAIL)
        assert server.attempts == POLICY.attempts
        clock.advance(seconds=POLICY.recovery_seconds)
        server.on_content = "250 OK"
        await mailer.send(MAIL)
        await mailer.send(MAIL)
    assert [mail["Message-ID"] for mail in server.mails] == [MAIL.message_id] * 2


async def test_a_folder_takes_mail_as_files_that_mail_programs_open(clock: FrozenClock, tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "outbox", sender=SENDER, clock=clock)
    await mailer.send(MAIL)
    await mailer.send(MAIL)
    [(name, content)] = files(tmp_path / "outbox").items()
    assert name == "1@colonnade.example.eml"
    message = message_from_bytes(content, policy=default)
    assert (message["To"], message["Subject"], message["Message-ID"]) == (MAIL.to, MAIL.subject, MAIL.message_id)


async def test_a_message_id_cannot_lead_out_of_the_folder(clock: FrozenClock, tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "outbox", sender=SENDER, clock=clock)
    for message_id in ("<../../evil@x>", "<..@x>", "</etc/passwd@x>"):
        await mailer.send(Mail(to=MAIL.to, subject="Hi", text="Hi", message_id=message_id))
    assert len(files(tmp_path / "outbox")) == 3
    assert list(tmp_path.iterdir()) == [tmp_path / "outbox"]  # noqa: ASYNC240 - a test's folder


async def test_a_folder_that_cannot_be_written_to_is_unavailable(clock: FrozenClock) -> None:
    with pytest.raises(Unavailable):
        await FolderMailer(Path(__file__), sender=SENDER, clock=clock).send(MAIL)
