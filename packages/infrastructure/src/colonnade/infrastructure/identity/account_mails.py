"""Mails about accounts as people read them; what a stranger wrote is in no mail to an address that is not proved."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "templates", "jinja2")

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from colonnade.application.identity.account_ports import AccountLetter, AccountMail
from colonnade.core import Email
from colonnade.infrastructure.mail import Mail, Mailer
from colonnade.infrastructure.notifications.rendering import RenderedMail, one_line

_PATHS: Mapping[AccountMail, str] = {
    AccountMail.CONFIRM_EMAIL: "/verify",
    AccountMail.RESET_PASSWORD: "/reset",
    AccountMail.CHANGE_EMAIL: "/change-email",
}


class AccountMailSender:
    """Writes and sends mails about accounts."""

    def __init__(self, mailer: Mailer, public_url: str) -> None:
        """Read no template yet.

        Args:
            mailer: Hands mails over.
            public_url: Where people reach this installation.
        """
        self._mailer = mailer
        self._public_url = public_url.rstrip("/")
        self._host = (urlsplit(public_url).hostname or "localhost").encode("idna").decode("ascii")
        self._templates = Environment(
            loader=PackageLoader("colonnade.infrastructure.identity"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def send(self, letter: AccountLetter) -> None:
        """Send a mail; an attempt that is repeated has the same `Message-ID`."""
        rendered = self.render(letter)
        mail = Mail(
            to=Email(letter.to),
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=f"<{letter.job_id}@{self._host}>",
            headers={"Auto-Submitted": "auto-generated"},
        )
        await self._mailer.send(mail)

    def render(self, letter: AccountLetter) -> RenderedMail:
        """Return a mail in both forms: the template's first line is the subject, the rest are paragraphs."""
        facts = {name: one_line(text) for name, text in letter.facts.items()}
        values = {
            "facts": facts,
            "name": one_line(letter.name),
            "link": self._link(letter),
            "here": self._public_url,
            "circumstances": _circumstances(facts),
        }
        subject, *paragraphs = self._templates.get_template(f"{letter.kind}.txt").render(values).strip().split("\n\n")
        html = self._templates.get_template("mail.html").render(
            subject=subject, paragraphs=paragraphs, link=values["link"]
        )
        return RenderedMail(one_line(subject), "\n\n".join(paragraphs) + "\n", html)

    def _link(self, letter: AccountLetter) -> str | None:
        """Return where a mail leads; the token is behind a `#`, which no server and no log gets to see."""
        path = _PATHS.get(letter.kind)
        return None if path is None else f"{self._public_url}{path}#{letter.facts['token']}"


def _circumstances(facts: Mapping[str, str]) -> str:
    """Return when and where something was done, to follow what it was; nothing of what is told by nobody."""
    if not facts.keys() >= {"at", "device", "address"}:
        return ""
    return f", on {facts['at']} with {facts['device']}, from {facts['address']}"
