"""Names and contents of files that somebody sends: names that are safe everywhere, contents that are what they say.

OWASP File Upload Cheat Sheet; reserved names: Microsoft, "Naming Files, Paths, and Namespaces"; signatures: WHATWG MIME
Sniffing, section 6, and ECMA-376 (ZIP) for office documents.
"""

import re
import unicodedata
from typing import Final

from colonnade.core import Invalid

MAX_BYTES = 200
"""Longest name in UTF-8: file systems take 255, and a prefix or a suffix may be added."""

NEEDED_BYTES: Final = 64
"""How many first bytes `check_content` wants to see."""

_SEPARATORS = re.compile(r'[\\/:*?"<>|]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)
_LONGEST_SUFFIX = 20

_SIGNATURES: dict[str, tuple[tuple[int, bytes], ...]] = {
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/gif": ((0, b"GIF8"),),
    "image/webp": ((0, b"RIFF"), (8, b"WEBPVP")),
    "application/pdf": ((0, b"%PDF-"),),
    "application/zip": ((0, b"PK\x03\x04"),),
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_SUFFIXES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "pdf": "application/pdf", "zip": "application/zip",
    "docx": f"{_OFFICE}wordprocessingml.document", "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "txt": "text/plain", "md": "text/markdown", "csv": "text/csv",
}  # fmt: skip
CONTENT_TYPES = frozenset(_SUFFIXES.values())
"""What is taken. Neither HTML nor SVG is: browsers run what is in them."""


class ContentRefused(Invalid):
    """A file is of a kind that is not taken, or not what it says to be."""

    code = "content_refused"


def safe_file_name(name: str, *, fallback: str = "file") -> str:
    """Return a name that is one name on every system: no path, nothing invisible, nothing reserved, not too long.

    Args:
        name: What somebody calls the file.
        fallback: What it is called if nothing is left.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(character for character in text if not _is_hidden(character))
    text = " ".join(_SEPARATORS.sub("_", text).split()).strip(". ")
    if not text.strip("_"):
        return fallback
    stem, dot, suffix = text.rpartition(".")
    if _RESERVED.fullmatch(text.partition(".")[0].strip()):
        text = f"_{text}"
    if len(text.encode()) <= MAX_BYTES:
        return text
    ending = f".{suffix}" if dot and stem and len(suffix.encode()) <= _LONGEST_SUFFIX else ""
    return _shortened(text.removesuffix(ending), MAX_BYTES - len(ending.encode())) + ending


def check_content(name: str, first_bytes: bytes, declared: str | None = None) -> str:
    """Return the content type of a file, of which its name, its first bytes and its sender must agree.

    Args:
        name: What it is called; the suffix counts.
        first_bytes: How it begins, `NEEDED_BYTES` or all of it.
        declared: What the sender says that it is, with or without parameters.

    Raises:
        ContentRefused: It is of a kind that is not taken, or not what it says to be.
    """
    suffix = name.rpartition(".")[2].lower()
    kind = _SUFFIXES.get(suffix) if "." in name else None
    if kind is None:
        raise ContentRefused(f"files of this kind are not taken: send {', '.join(_SUFFIXES)}", field="name")
    said = (declared or kind).partition(";")[0].strip().lower()
    if said not in {kind, "application/octet-stream"}:
        raise ContentRefused(f"the name says {kind}, the sender {said}", field="content_type")
    if not _begins_like(kind, first_bytes):
        raise ContentRefused(f"this is no {kind}", field="content")
    return kind


def _begins_like(kind: str, first_bytes: bytes) -> bool:
    if kind.startswith("text/"):
        return not any(byte < 9 or 13 < byte < 32 for byte in first_bytes)  # noqa: PLR2004 - control characters
    signature = _SIGNATURES["application/zip" if kind.startswith(_OFFICE) else kind]
    return all(first_bytes[place : place + len(part)] == part for place, part in signature)


def _is_hidden(character: str) -> bool:
    """Tell whether a character cannot be seen, or turns around how others are seen (UTS 39, UTR 36)."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _shortened(text: str, length: int) -> str:
    return text.encode()[:length].decode(errors="ignore").rstrip(". ")
