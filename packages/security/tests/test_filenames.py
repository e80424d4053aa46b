"""File names are names, and contents are what they say."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.security.filenames import MAX_BYTES, ContentRefused, check_content, safe_file_name

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 50
ZIP = b"PK\x03\x04" + b"\x00" * 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"), ("Übersicht 2026.pdf", "Übersicht 2026.pdf"), ("報告.pdf", "報告.pdf"),
        ("../../etc/passwd", "passwd"), ("..\\..\\windows\\win.ini", "win.ini"), ("/", "file"), ("..", "file"), ("",
        "file"),
        ("C:\\temp\\a.txt", "a.txt"), ("a\x00.png", "a.png"), ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"), ("zero\u200bwidth.txt", "zerowidth.txt"), (".htaccess", "htaccess"),
        ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("COM1.tar.gz", "_COM1.tar.gz"), ("console.txt", "console.txt"),
        ("a.txt. ", "a.txt"), ("a<b>|c?.txt", "a_b_c_.txt"), ("a  \t b.txt", "a b.txt"), ("***", "file"),
        ("U\u0308.txt", "Ü.txt"), ("a:b.txt", "a_b.txt"), ("file.txt::$DATA", "file.txt_$DATA"),
    ],
)  # fmt: skip
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    """Paths, control characters, turned-around text, reserved names, streams."""
    assert safe_file_name(name) == safe


@given(st.text(max_size=400))
def test_every_name_becomes_one_that_is_safe_everywhere(name: str) -> None:
    """And a safe one stays as it is."""
    safe = safe_file_name(name)
    assert safe
    assert len(safe.encode()) <= MAX_BYTES
    assert not set(safe) & set('/\\:*?"<>|\0\r\n')
    assert safe.strip(". ") == safe
    assert not [letter for letter in safe if unicodedata.category(letter) in {"Cc", "Cf", "Cs"}]
    assert safe_file_name(safe) == safe


def test_a_long_name_keeps_its_suffix() -> None:
    """It says what to open it with."""
    safe = safe_file_name("ü" * 300 + ".docx")
    assert safe.endswith("ü.docx")
    assert len(safe.encode()) <= MAX_BYTES


@pytest.mark.parametrize(
    ("name", "content", "declared", "kind"),
    [
        ("a.png", PNG, "image/png", "image/png"), ("a.PNG", PNG, None, "image/png"),
        ("a.png", PNG, "application/octet-stream", "image/png"), ("a.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg",
        "image/jpeg"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", None, "image/webp"), ("a.pdf", b"%PDF-1.7\n",
        None, "application/pdf"),
        ("a.docx", ZIP, DOCX, DOCX), ("a.txt", "Grüße\n".encode(), "text/plain; charset=utf-8", "text/plain"),
    ],
)  # fmt: skip
def test_content_is_what_it_says(name: str, content: bytes, declared: str | None, kind: str) -> None:
    """Name, content and sender agree."""
    assert check_content(name, content, declared) == kind


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("a.png", b"<script>alert(1)</script>", "image/png"), ("a.html", b"<p>", "text/html"), ("a.svg", b"<svg>",
        None),
        ("a.png", PNG, "text/html"), ("a.png.exe", PNG, None), ("png", PNG, None), ("a", PNG, None), ("a.", PNG, None),
        ("a.pdf", PNG, "application/pdf"), ("a.txt", b"MZ\x00\x01", None), ("a.docx", b"", None), ("a.webp",
        b"RIFF", None),
    ],
)  # fmt: skip
def test_content_that_is_something_else_is_refused(name: str, content: bytes, declared: str | None) -> None:
    """A page in a picture's clothes, and whatever browsers run."""
    with pytest.raises(ContentRefused):
        check_content(name, content, declared)
