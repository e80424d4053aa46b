"""Run the identity provider, and be the browser that goes there."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

CLIENT, SECRET = "colonnade", "s3cret/with:signs of all kinds"
"""The one client that the provider knows."""


class RunningProvider:
    """A provider in another process."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._http = httpx2.Client(verify=False, trust_env=False)

    def close(self) -> None:
        """Let connections go."""
        self._http.close()

    def behave(self, **behaviour: Any) -> None:
        """Say how it misbehaves from now on; not at all if nothing is said."""
        self._http.post(f"{self.issuer}/behave", content=json.dumps(behaviour))

    def rotate(self, algorithm: str = "ES256") -> None:
        """Replace its keys."""
        self._http.post(f"{self.issuer}/rotate", content=algorithm)

    def seen(self, path: str) -> int:
        """Return how often a path was called."""
        return int(self._http.get(f"{self.issuer}/seen").json().get(path, 0))

    def visit(self, url: str) -> dict[str, str]:
        """Go where a client sends the browser, agree, and return what it brings back."""
        answer = self._http.get(url)
        assert answer.status_code == 302, answer.status_code
        return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


@contextmanager
def running_provider() -> Iterator[RunningProvider]:
    """Start a provider, and end it."""
    command = [sys.executable, str(Path(__file__).with_name("provider.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        running = RunningProvider(process.stdout.readline().strip())
        try:
            yield running
        finally:
            process.kill()
            running.close()
