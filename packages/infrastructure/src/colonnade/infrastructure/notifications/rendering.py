"""Letters as people read them: a mail in both forms, or lines for a phone or a chat room."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "templates", "jinja2")

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from colonnade.application.notifications.ports import Letter, LetterItem
from colonnade.domain.notifications import Kind

_TASKS = {Kind.ASSIGNED, Kind.STATUS_CHANGED, Kind.DUE_SOON, Kind.OVERDUE}
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LONGEST_SUBJECT = 150
_WEB = ("https://", "http://")


class RenderedMail(NamedTuple):
    """A mail as its reader sees it."""

    subject: str
    text: str
    html: str


class RenderedItem(NamedTuple):
    """A notification as a sentence, with where to look.

    Attributes:
        text: In one line.
        html: The same, escaped, with the link in it.
        link: Where to look, if there is a place.
    """

    text: str
    html: Markup
    link: str | None


class Renderer:
    """Fills the templates of this package; whatever goes into HTML is escaped."""

    def __init__(self, public_url: str) -> None:
        """Read no template yet.

        Args:
            public_url: Where people reach this installation.
        """
        self._public_url = public_url.rstrip("/")
        self._templates = Environment(
            loader=PackageLoader("colonnade.infrastructure.notifications"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def item(self, item: LetterItem) -> RenderedItem:
        """Return one notification."""
        values = {**self._values(item), "link": self.link(item)}
        text = self._fill(f"text/{item.kind}.txt", values)
        html = self._fill(f"html/{item.kind}.html", values)
        return RenderedItem(one_line(text), Markup(html.strip()), self.link(item))  # noqa: S704 - escaped by its template # nosec B704

    def subject(self, letter: Letter) -> str:
        """Return the subject: that of the newest notification, or of the whole digest."""
        newest = letter.items[-1]
        name = "digest" if letter.digest else newest.kind
        subject = self._fill(f"subject/{name}.txt", {**self._values(newest), "count": len(letter.items)})
        return one_line(subject, longest=_LONGEST_SUBJECT)

    def mail(self, letter: Letter, unsubscribe_url: str) -> RenderedMail:
        """Return a letter as a mail.

        Args:
            letter: What to say to whom.
            unsubscribe_url: Where its reader says that they want no more of this.
        """
        subject = self.subject(letter)
        values = {
            "subject": subject,
            "recipient": letter.recipient,
            "workspace": letter.items[-1].workspace,
            "items": [self.item(item) for item in letter.items],
            "preferences_url": f"{self._public_url}/notifications/preferences",
            "unsubscribe_url": unsubscribe_url,
        }
        return RenderedMail(subject, self._fill("mail.txt", values), self._fill("mail.html", values))

    def link(self, item: LetterItem) -> str | None:
        """Return where a notification leads, if it leads anywhere on the web."""
        place = f"{self._public_url}/workspaces/{item.workspace_id}"
        if item.kind in _TASKS:
            return f"{place}/tasks/{quote(str(item.facts['key']), safe='')}"
        if item.kind is Kind.WEBHOOK_DISABLED:
            return f"{place}/webhooks"
        if item.kind is Kind.ADDED_TO_WORKSPACE:
            return place
        url = str(item.facts.get("url") or "")
        if url.startswith("/"):
            return self._public_url + url
        return url if url.startswith(_WEB) else None

    def _values(self, item: LetterItem) -> dict[str, object]:
        facts: Mapping[str, object] = {"text": None, **item.facts}
        return {"facts": facts, "by": facts.get("by"), "workspace": item.workspace}

    def _fill(self, name: str, values: Mapping[str, object]) -> str:
        return self._templates.get_template(name).render(values)


def one_line(text: str, *, longest: int | None = None) -> str:
    """Return a text without what would break its line, cut if it is too long."""
    line = _BREAKS.sub(" ", text).strip()
    return line if longest is None or len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
