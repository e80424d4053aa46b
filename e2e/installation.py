"""A whole installation as an operator runs it: the server, a worker beside it on PostgreSQL, and the command line."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2

from .processes import CHEAP, COMMAND, serving

DEADLINE_SECONDS = 60
PASSWORD = "correct horse battery"
LOOK_SECONDS = 0.01

Json = dict[str, Any]


class Person:
    """Somebody who is signed in."""

    def __init__(self, url: str, name: str) -> None:
        self.email = f"{name}@example.com"
        self._http = httpx2.Client(base_url=f"{url}/api/v1", timeout=DEADLINE_SECONDS)
        credentials = {"email": self.email, "password": PASSWORD}
        self.id = self.post("/identity/users", **credentials, name=name)["user_id"]
        token = self.post("/identity/sessions", **credentials)["access_token"]
        self._http.headers["authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def post(self, path: str, **body: object) -> Json:
        """Send a command that must go well, and return its answer."""
        answer = self._http.post(path, json=body)
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content else {}

    def get(self, path: str) -> Json:
        """Ask a question that must be answered."""
        answer = self._http.get(path)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def items(self, path: str) -> list[Json]:
        """Return the first page of a list."""
        return list(self.get(path)["items"])

    def told_of(self, kind: str) -> list[Json]:
        """Return the notifications of a kind."""
        return [item for item in self.items("/notifications") if item["kind"] == kind]


class Installation:
    """A server that answers, and what its operator types."""

    def __init__(self, folder: Path, variables: Mapping[str, str], url: str, stack: ExitStack) -> None:
        self.url = url
        self._folder = folder
        self._variables = environment(variables)
        self._stack = stack

    def person(self, name: str) -> Person:
        """Let somebody sign up and in."""
        person = Person(self.url, name)
        self._stack.callback(person.close)
        return person

    def type(self, *words: str) -> str:
        """Run a command of the operator's, which must go well, and return what it prints."""
        command = (str(COMMAND), *words)
        ended = subprocess.run(
            command, cwd=self._folder, env=self._variables, capture_output=True, text=True, timeout=DEADLINE_SECONDS
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def read(self, *words: str) -> Any:
        """Run a command with `--json`, and return the document that it prints."""
        return json.loads(self.type(*words, "--json"))


@contextmanager
def running(folder: Path, variables: Mapping[str, str]) -> Iterator[Installation]:
    """Start `serve`, which does all the work on SQLite, and a `worker` beside it otherwise."""
    with ExitStack() as stack:
        installation = stack.enter_context(answering(folder, variables))
        if "COLONNADE_DATABASE__URL" in variables:
            stack.enter_context(working(folder, variables))
        yield installation


@contextmanager
def answering(folder: Path, variables: Mapping[str, str]) -> Iterator[Installation]:
    """Start `serve` and nothing else."""
    with serving(folder, variables) as server, ExitStack() as stack:
        yield Installation(folder, variables, server.url, stack)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process with these settings and no others."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("COLONNADE_")}
    return mine | CHEAP | dict(variables)


def eventually(reached: Callable[[], object], seconds: float = DEADLINE_SECONDS) -> float:
    """Wait until something holds, and return after how many seconds it did."""
    began = time.monotonic()
    while not reached():
        assert time.monotonic() - began < seconds, f"waited {seconds} s in vain"
        time.sleep(LOOK_SECONDS)
    return time.monotonic() - began


@contextmanager
def working(folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Start a worker; it is killed in the end."""
    with subprocess.Popen(
        (COMMAND, "worker"), cwd=folder, env=environment(variables), text=True, stderr=subprocess.PIPE
    ) as process:
        try:
            assert process.stderr is not None
            assert process.stderr.readline() == "Colonnade works.\n"
            yield
        finally:
            process.kill()
