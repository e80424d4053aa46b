"""Mails about accounts read well, lead to the right page, and carry nothing of a stranger to an unproved address."""

from typing import Any

import pytest

from colonnade.application.identity.account_ports import AccountLetter, AccountMail
from colonnade.application.identity.notices import CHANGES
from colonnade.application.jobs import JobId
from colonnade.core import new_id
from colonnade.infrastructure.identity.account_mails import AccountMailSender
from colonnade.infrastructure.mail import Mail

FACTS = {
    "token": "id.secret",
    "device": "Firefox on Linux",
    "address": "192.0.2.7",
    "at": "02 March 2026 12:00 UTC",
    "left": "3",
    "provider": "Example",
    "until": "02 April 2026 12:00 UTC",
}
EVIL = "</p><script>alert('1')</script>\r\nBcc: eve@example.com"
PROVING = {
    AccountMail.CONFIRM_EMAIL: "/verify",
    AccountMail.RESET_PASSWORD: "/reset",
    AccountMail.CHANGE_EMAIL: "/change-email",
}


class Outbox:
    """Keeps mails."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        """Keep a mail."""
        self.mails.append(mail)


def letter(kind: AccountMail, **changes: Any) -> AccountLetter:
    """Return a letter."""
    made = AccountLetter(new_id(JobId), kind, "ada@example.com", "Ada Lovelace", FACTS)
    return made._replace(**changes)


@pytest.mark.parametrize("kind", AccountMail)
async def test_every_kind_reads_well_in_both_forms(kind: AccountMail) -> None:
    outbox = Outbox()
    sent = letter(kind)
    await AccountMailSender(outbox, "https://work.example.com/").send(sent)
    (mail,) = outbox.mails
    assert mail.to == "ada@example.com"
    assert mail.subject
    assert "Hello" in mail.text
    assert mail.html is not None
    assert "https://work.example.com" in mail.text
    assert mail.message_id == f"<{sent.job_id}@work.example.com>"
    link = f"https://work.example.com{PROVING[kind]}#id.secret" if kind in PROVING else None
    assert ("secret" in mail.text) is (link is not None)
    if link is not None:
        assert link in mail.text.splitlines()
        assert f'href="{link}"' in mail.html


@pytest.mark.parametrize("kind", AccountMail)
async def test_what_people_write_is_only_text(kind: AccountMail) -> None:
    """In no header, and in no page as anything but text."""
    facts = dict.fromkeys(FACTS, EVIL) | {"token": "id.secret"}
    rendered = AccountMailSender(Outbox(), "https://work.example.com").render(letter(kind, name=EVIL, facts=facts))
    assert "<script>" not in rendered.html
    assert "\n" not in rendered.subject
    assert "\nBcc" not in rendered.text


@pytest.mark.parametrize("kind", [AccountMail.CONFIRM_EMAIL, AccountMail.CHANGE_EMAIL])
async def test_nobody_writes_to_strangers_by_a_name(kind: AccountMail) -> None:
    """Who registers somebody else's address cannot let us mail them an advertisement."""
    rendered = AccountMailSender(Outbox(), "https://work.example.com").render(letter(kind, name="Buy at evil.example"))
    assert "evil.example" not in rendered.text + rendered.html


TELLING = {AccountMail.NEW_DEVICE, *CHANGES.values()}


@pytest.mark.parametrize("kind", sorted(TELLING))
async def test_a_notice_says_when_and_from_where_and_what_to_do(kind: AccountMail) -> None:
    text = AccountMailSender(Outbox(), "https://work.example.com").render(letter(kind)).text
    for told in ("Firefox on Linux", "from 192.0.2.7", "on 02 March 2026 12:00 UTC"):
        assert told in " ".join(text.split())
    assert any(f"If {condition}" in text for condition in ("it was not you", "not", "that happens again"))


@pytest.mark.parametrize("kind", [AccountMail.PASSWORD_CHANGED, AccountMail.TOKEN_REUSED, AccountMail.SECOND_FACTOR_ON])
async def test_a_notice_of_which_nobody_knows_from_where_reads_well_too(kind: AccountMail) -> None:
    text = AccountMailSender(Outbox(), "https://work.example.com").render(letter(kind, facts={})).text
    assert "  " not in text
    assert " ," not in text
