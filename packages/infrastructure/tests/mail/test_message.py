from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import Email, Invalid
from colonnade.infrastructure.mail import Mail, render

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SENDER = "Colonnade <noreply@colonnade.example>"


def mail(**changes: object) -> Mail:
    given = {"to": Email("ada@example.com"), "subject": "Hello", "text": "Hi", "message_id": "<1@colonnade.example>"}
    return Mail(**{**given, **changes})  # type: ignore[arg-type]  # any field


def test_a_mail_in_plain_text_has_its_headers() -> None:
    message = render(mail(headers={"List-Unsubscribe": "<https://x.example/u>"}), sender=SENDER, at=AT)
    assert {name: str(value) for name, value in message.items()} == {
        "From": "Colonnade <noreply@colonnade.example>",
        "To": "ada@example.com",
        "Subject": "Hello",
        "Date": "Mon, 05 Jan 2026 09:00:00 +0000",
        "Message-ID": "<1@colonnade.example>",
        "List-Unsubscribe": "<https://x.example/u>",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
        "MIME-Version": "1.0",
    }


def test_html_is_an_alternative_after_the_text() -> None:
    message = render(mail(html="<p>Hi</p>"), sender=SENDER, at=AT)
    assert message.get_content_type() == "multipart/alternative"
    assert [(part.get_content_type(), part.get_content().strip()) for part in message.iter_parts()] == [
        ("text/plain", "Hi"),
        ("text/html", "<p>Hi</p>"),
    ]


def test_a_mail_of_a_thread_names_what_came_before() -> None:
    before = ("<0@colonnade.example>", "<00@colonnade.example>")
    message = render(mail(in_reply_to=before[1], references=before), sender=SENDER, at=AT)
    assert message["In-Reply-To"] == before[1]
    assert message["References"] == " ".join(before)


@given(subject=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]), max_size=200))
def test_any_subject_of_one_line_survives_the_wire(subject: str) -> None:
    wire = render(mail(subject=subject), sender=SENDER, at=AT).as_bytes()
    assert all(len(line) <= 998 for line in wire.split(b"\r\n"))
    assert message_from_bytes(wire, policy=default)["Subject"].split() == subject.split()


@pytest.mark.parametrize(
    ("domain", "written"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("a_b.example", "a_b.example"),
        ("faß.example", "xn--fa-hia.example"),
    ],
)
def test_a_domain_is_written_as_every_server_reads_it(domain: str, written: str) -> None:
    """And never as another one, whose owner would read what is confirmed and reset by mail."""
    assert render(mail(to=Email(f"ada@{domain}")), sender=SENDER, at=AT)["To"] == f"ada@{written}"


BREAKS = ["\n", "\r", "\r\n", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028"]


@pytest.mark.parametrize("breaking", BREAKS)
def test_no_header_can_be_smuggled_in(breaking: str) -> None:
    smuggled = f"Hello{breaking}Bcc: eve@example.com"
    for changes in (
        {"subject": smuggled},
        {"headers": {"X-Kind": smuggled}},
        {"headers": {f"X-Kind{breaking}Bcc": "eve@example.com"}},
        {"message_id": f"<1@x>{breaking}Bcc: eve@example.com"},
        {"message_id": f"<1@x{breaking}>"},
        {"in_reply_to": f"<1@x{breaking}y>"},
        {"references": (f"<1@x>{breaking}",)},
    ):
        with pytest.raises(Invalid):
            mail(**changes)
    with pytest.raises(Invalid):
        render(mail(), sender=f"Colonnade{breaking}Bcc: eve@example.com <noreply@colonnade.example>", at=AT)


@pytest.mark.parametrize("name", ["Bcc", "FROM", "Content-Type", "Resent-To", "Message-ID", "", "X Y", "X:Y", "Ü"])
def test_headers_that_are_not_the_callers_are_refused(name: str) -> None:
    with pytest.raises(Invalid):
        mail(headers={name: "value"})


@pytest.mark.parametrize("changes", [{"text": "\ud800"}, {"html": "\ud800"}, {"to": Email(f"ada@{'ü' * 80}.example")}])
def test_what_cannot_be_written_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        render(mail(**changes), sender=SENDER, at=AT)
