"""What an address, an event's name and a description may be."""

import pytest

from colonnade.core import Invalid
from colonnade.domain.integrations import EventTypeName, SealedSecret, WebhookDescription, WebhookUrl


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com/",
        "https://example.com:8443/hooks?of=web&x=1",
        "https://[2001:db8::1]/hooks",
        "https://bücher.example/haken",
        "https://example.com/" + "x" * 1980,
    ],
)
def test_an_address_of_the_web_is_accepted(url: str) -> None:
    """As it is written."""
    assert WebhookUrl(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "https://",
        "https:///hooks",
        "https://ada@example.com/",
        "https://ada:secret@example.com/",
        "https://example.com\\@evil.example/",
        "https://example.com/#here",
        "https://example.com/a b",
        "https://example.com/\nhost: evil.example",
        "https://example.com/" + "x" * 1981,
    ],
)
def test_what_is_no_such_address_is_refused(url: str) -> None:
    """No other scheme, nobody's password, no fragment, no space, and not above 2,000 characters."""
    with pytest.raises(Invalid):
        WebhookUrl(url)


@pytest.mark.parametrize("name", ["*", "tasks.task_assigned", "tasks.task_assigned.v2", "work.web.page_made"])
def test_the_name_of_a_published_event_is_accepted(name: str) -> None:
    """Or the star for all of them."""
    assert EventTypeName(name) == name


@pytest.mark.parametrize("name", ["", "tasks", "tasks.*", "Tasks.task_assigned", "tasks..x", "tasks.task assigned"])
def test_what_is_no_name_of_an_event_is_refused(name: str) -> None:
    """Nobody waits for an event that cannot be."""
    with pytest.raises(Invalid):
        EventTypeName(name)


def test_a_description_is_a_line_or_nothing() -> None:
    """It is for people."""
    assert WebhookDescription("") == ""
    with pytest.raises(Invalid):
        WebhookDescription("two\nlines")


def test_a_sealed_secret_is_not_shown() -> None:
    """Not even in its sealed form."""
    assert "opaque" not in repr(SealedSecret(b"opaque"))
