"""The file of a key ring: changed by one process at a time, replaced whole, and noticed when it was."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from colonnade.security.files import create_private_file


class Edition(NamedTuple):
    """Tells one content of a file from the next without reading it."""

    inode: int
    modified_nanoseconds: int
    size: int


def edition_of(path: Path) -> Edition | None:
    """Return which edition of a file is there, if any."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return Edition(status.st_ino, status.st_mtime_ns, status.st_size)


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Keep other processes that ask from changing a folder's ring, and yield the folder's descriptor."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def replace_private_file(path: Path, content: bytes, folder: int) -> None:
    """Put a content in a file's place, of mode 0600 and on the disk before this returns; readers see either one whole.

    Args:
        path: Which file.
        content: What it holds from now on.
        folder: Descriptor of the folder that it is in.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    create_private_file(temporary, content)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise
    os.fsync(folder)
