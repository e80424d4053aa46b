"""The mails of a server without a mail server: files in its data folder."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from .terminal import eventually

_LINK = re.compile(r"https?://\S+#\S+")


def link_to(folder: Path, email: str) -> str:
    """Wait for a mail to somebody with a link that is good once, and return the newest such link."""
    return eventually(lambda: next(reversed(_links(folder, email)), None), f"a mail to {email}")


def _links(folder: Path, email: str) -> list[str]:
    files = sorted((folder / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    read = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    bodies = [mail.get_body(("plain",)) for mail in read if mail["To"] == email]
    return [link for body in bodies if body is not None for link in _LINK.findall(body.get_content())]
