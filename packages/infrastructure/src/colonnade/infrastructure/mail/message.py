"""A mail, and its form on the wire (RFC 5322, MIME)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import parseaddr

import idna

from colonnade.core import Email, Invalid

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322, section 2.2
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_OURS = re.compile(
    r"(from|sender|reply-to|to|cc|bcc|subject|date|message-id|in-reply-to|references|mime-version|return-path"
    r"|content-.*|resent-.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one person.

    Attributes:
        to: Who gets it.
        subject: One line.
        text: The body as plain text.
        html: The same body as HTML; none for a mail in plain text alone.
        message_id: Its identity, `<left@right>`. The same for every attempt to send it, so that a mail that went out
            twice is seen as one.
        in_reply_to: The message that it follows in a thread.
        references: The messages before it in its thread, the first one first (RFC 5322, section 3.6.4).
        headers: Further fields, such as `List-Unsubscribe` (RFC 8058).

    Raises:
        Invalid: A field would end its line, is no field of the caller's, or an id is malformed.
    """

    to: Email
    subject: str
    text: str
    message_id: str
    html: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could smuggle a header or a second message in (header injection)."""
        for value in (self.subject, *self.headers.values()):
            if _CONTROL.search(value):
                raise Invalid("must be one line without control characters", field="headers")
        for name in self.headers:
            if not _NAME.fullmatch(name) or _OURS.fullmatch(name):
                raise Invalid(f"must not be set: {name!r}", field="headers")
        for message_id in (self.message_id, *([self.in_reply_to] if self.in_reply_to else []), *self.references):
            if not _MESSAGE_ID.fullmatch(message_id):
                raise Invalid("must look like <left@right>", field="message_id")


def render(mail: Mail, *, sender: str, at: datetime) -> EmailMessage:
    """Return the mail as a message: plain text, or both forms as alternatives.

    Args:
        mail: What to send.
        sender: From whom: an address, or `Name <address>`.
        at: The moment that it is dated with, aware.

    Raises:
        Invalid: The sender is no address, or the body cannot be written in UTF-8.
    """
    if _CONTROL.search(sender):
        raise Invalid("must be one line without control characters", field="sender")
    message = EmailMessage(policy=_policy(mail.headers))
    name, address = parseaddr(sender)
    message["From"] = _mailbox(Email(address), name)
    message["To"] = _mailbox(mail.to)
    message["Subject"] = mail.subject
    message["Date"] = at
    message["Message-ID"] = mail.message_id
    if mail.in_reply_to:
        message["In-Reply-To"] = mail.in_reply_to
    if mail.references:
        message["References"] = " ".join(mail.references)
    for field_name, value in mail.headers.items():
        message[field_name] = value
    try:
        message.set_content(mail.text)
        if mail.html is not None:
            message.add_alternative(mail.html, subtype="html")
    except UnicodeEncodeError as error:
        raise Invalid("must be text that UTF-8 can hold", field="text") from error
    return message


class _Verbatim(UnstructuredHeader, BaseHeader):
    """A field that programs read: broken between words alone, never encoded (RFC 2047, section 5)."""

    def fold(self, *, policy: "Policy[Message[str, str]]") -> str:
        """Return the field with each word in a line of its own."""
        return f"{self.name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"


def _policy(further: Mapping[str, str]) -> "EmailPolicy[EmailMessage]":
    """Return the policy by which ids and what the caller adds in plain ASCII reach the wire as they are."""
    registry = HeaderRegistry()
    for name in ("References", "In-Reply-To", *(name for name, value in further.items() if value.isascii())):
        registry.map_to_type(name, _Verbatim)
    return SMTP.clone(header_factory=registry)


def _mailbox(address: Email, name: str = "") -> Address:
    """Return an address whose domain every server understands (RFC 5891).

    Not by Python's own codec, which is of RFC 3490: by that, `faß.example` is `fass.example`, which may be another's.
    """
    local, _, domain = address.rpartition("@")
    try:
        return Address(name, local, domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii"))
    except ValueError as error:
        raise Invalid("is not an address that mail can be sent to", field="to") from error
