"""Taking letters outside: each channel renders them its own way."""

import hashlib
from urllib.parse import urlsplit

from colonnade.application.notifications.ports import Letter
from colonnade.application.notifications.unsubscribing import UnsubscribeTokens
from colonnade.core import Invalid
from colonnade.domain.notifications import Channel
from colonnade.infrastructure.chat import ChatMessage, ChatWebhook
from colonnade.infrastructure.mail import Mail, Mailer
from colonnade.infrastructure.notifications.rendering import RenderedItem, Renderer, one_line
from colonnade.infrastructure.sms import SmsSender, TextMessage

_LONGEST_TEXT = 480  # three segments of a text message


class MailSender:
    """Sends letters as mails that can be unsubscribed from with one click (RFC 8058)."""

    def __init__(self, mailer: Mailer, renderer: Renderer, tokens: UnsubscribeTokens, public_url: str) -> None:
        """Prepare to send.

        Args:
            mailer: Hands mails over.
            renderer: Writes them.
            tokens: Signs the links by which people unsubscribe.
            public_url: Where people reach this installation; its host is the right half of the `Message-ID`s.
        """
        self._mailer = mailer
        self._renderer = renderer
        self._tokens = tokens
        self._public_url = public_url.rstrip("/")
        self._host = (urlsplit(public_url).hostname or "localhost").encode("idna").decode("ascii")

    async def send(self, letter: Letter) -> str | None:
        """Send a mail; an attempt that is repeated has the same `Message-ID`."""
        message_id = f"<{letter.job_id}@{self._host}>"
        unsubscribe_url = f"{self._public_url}/unsubscribe/{self._token(letter)}"
        rendered = self._renderer.mail(letter, unsubscribe_url)
        thread = self._thread(letter)
        mail = Mail(
            to=letter.recipient.email,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=message_id,
            in_reply_to=thread,
            references=() if thread is None else (thread,),
            headers={
                "Auto-Submitted": "auto-generated",
                "List-Unsubscribe": f"<{unsubscribe_url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        await self._mailer.send(mail)
        return message_id

    def _token(self, letter: Letter) -> str:
        kinds = (item.kind for item in letter.items)
        return self._tokens.issue(letter.recipient.user_id, letter.items[0].workspace_id, Channel.MAIL, kinds)

    def _thread(self, letter: Letter) -> str | None:
        """Return the id of the message, never sent, that all mails of a thread answer: so they are shown together."""
        if letter.digest:
            return None
        about = f"{letter.recipient.user_id} {letter.items[0].thread}"
        return f"<{hashlib.sha256(about.encode()).hexdigest()[:32]}@{self._host}>"


class TextSender:
    """Sends letters as text messages."""

    def __init__(self, sms: SmsSender, renderer: Renderer) -> None:
        self._sms = sms
        self._renderer = renderer

    async def send(self, letter: Letter) -> str | None:
        """Send a text, cut if it would be many."""
        phone = letter.recipient.settings.phone
        if phone is None:
            raise Invalid("has given no phone number", field="phone")
        items = [self._renderer.item(item) for item in letter.items]
        text = "\n".join(_with_link(item) for item in items)
        if len(text) > _LONGEST_TEXT:
            text = one_line(self._renderer.subject(letter), longest=_LONGEST_TEXT)
        return await self._sms.send(TextMessage(to=str(phone), text=text))


class ChatSender:
    """Says letters in the room that their receiver chose."""

    def __init__(self, webhook: ChatWebhook, renderer: Renderer) -> None:
        self._webhook = webhook
        self._renderer = renderer

    async def send(self, letter: Letter) -> str | None:
        """Post a line for each notification; rooms give messages no identity."""
        url = letter.recipient.settings.chat_url
        if url is None:
            raise Invalid("has given no chat room", field="chat_url")
        items = (self._renderer.item(item) for item in letter.items)
        await self._webhook.post(str(url), ChatMessage("\n".join(_escaped(_with_link(item)) for item in items)))
        return None


def _with_link(item: RenderedItem) -> str:
    return item.text if item.link is None else f"{item.text} {item.link}"


def _escaped(text: str) -> str:
    """Return text in which nobody can call a whole room or hide a link (Slack, Formatting text for app surfaces)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
