"""Letters read well, and nothing in them can do harm."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.application.notifications.news import NEEDED
from colonnade.domain.notifications import Kind
from colonnade.infrastructure.notifications.previews import preview, sample_item, sample_letter
from colonnade.infrastructure.notifications.rendering import Renderer, one_line

PUBLIC_URL = "https://work.example.com/"
RENDERER = Renderer(PUBLIC_URL)
EVIL = "</p><script>alert('1')</script>\r\nBcc: eve@example.com"


class Page(HTMLParser):
    """Reads a page as a mail program does."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("kind", [*Kind, None])
def test_every_kind_has_a_preview_in_both_forms(kind: Kind | None) -> None:
    subject, text, html = preview(kind, PUBLIC_URL)
    page = Page(html)
    assert subject == one_line(subject) != ""
    assert "Hello Ada Lovelace," in text
    assert "Hello Ada Lovelace," in page.words
    assert "https://work.example.com/unsubscribe/sample" in text
    assert "https://work.example.com/unsubscribe/sample" in page.links
    assert "https://work.example.com/notifications/preferences" in page.links
    assert "None" not in subject + text + html


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_needs_no_more_than_it_says(kind: Kind) -> None:
    item = sample_item(kind)
    bare = item._replace(facts={name: item.facts[name] for name in NEEDED[kind]}, workspace=None)
    rendered = RENDERER.item(bare)
    assert rendered.text
    assert "None" not in rendered.text + rendered.html


@pytest.mark.parametrize("kind", Kind)
def test_what_people_write_is_only_text(kind: Kind) -> None:
    item = sample_item(kind)
    item = item._replace(facts=dict.fromkeys(item.facts, EVIL) | {"due_on": "2026-01-06"}, workspace=EVIL)
    letter = sample_letter(kind)
    subject, text, html = RENDERER.mail(replace(letter, items=(item,)), "https://u.example/1")
    page = Page(html)
    assert "script" not in page.tags
    assert "alert('1')" in page.words
    assert "\n" not in subject
    assert "\r" not in subject
    assert all(link is not None and link.startswith("https://") for link in page.links)
    assert "\n" not in RENDERER.item(item).text
    assert "alert('1')" in text


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://files.example.com/1.zip", "https://files.example.com/1.zip"),
        ("/exports/1", "https://work.example.com/exports/1"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("", None),
        (None, None),
    ],
)
def test_only_the_web_is_linked(url: str | None, link: str | None) -> None:
    item = sample_item(Kind.PROCESS_FINISHED)._replace(facts={"title": "Done", "url": url})
    assert RENDERER.item(item).link == link


@given(st.text(max_size=400))
def test_a_subject_is_one_short_line(title: str) -> None:
    item = sample_item(Kind.PROCESS_FINISHED)._replace(facts={"title": title})
    letter = sample_letter(Kind.PROCESS_FINISHED)
    subject = RENDERER.subject(replace(letter, items=(item,)))
    assert len(subject) <= 150
    assert subject.splitlines() in ([subject], [])
    subject.encode()


def test_a_digest_counts_what_it_tells() -> None:
    assert RENDERER.subject(sample_letter(*Kind, digest=True)) == "7 things to look at in Analytical Engines"
    assert RENDERER.subject(sample_letter(Kind.OVERDUE, digest=True)) == "1 thing to look at in Analytical Engines"
