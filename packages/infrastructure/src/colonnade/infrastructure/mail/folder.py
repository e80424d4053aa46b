"""Mail into a folder, for development without a mail server."""

import asyncio
import re
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from tempfile import NamedTemporaryFile

from colonnade.core import Clock, Unavailable
from colonnade.infrastructure.mail.message import Mail, render

_UNSAFE = re.compile(r"[^\w.@+=-]|^\.", re.ASCII)


class FolderMailer:
    """Writes each mail as a file that mail programs open, named after its `Message-ID`, for its owner alone."""

    def __init__(self, folder: Path, *, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    async def send(self, mail: Mail) -> None:
        """Write the mail; the same mail again replaces its file.

        Raises:
            Unavailable: The folder cannot be written to.
        """
        message = render(mail, sender=self._sender, at=self._clock.now())
        path = self._folder / f"{_UNSAFE.sub('_', mail.message_id.strip('<>'))}.eml"
        try:
            await asyncio.to_thread(self._write, path, message)
        except OSError as error:
            raise Unavailable(f"mail cannot be written to the folder: {error.strerror}") from error

    def _write(self, path: Path, message: EmailMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.write(message.as_bytes(policy=SMTPUTF8))
        Path(file.name).replace(path)
