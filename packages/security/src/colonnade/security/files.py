"""Files that hold secrets: written once, whole, for their owner alone."""

import os
import secrets
from pathlib import Path


def create_private_file(path: Path, content: bytes) -> None:
    """Create a file of mode 0600 unless there is one; whoever reads it sees all of the content or no file.

    The content is written under another name and linked to its own, which fails if somebody else was faster: then
    theirs is kept.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
