"""The journey of somebody at a terminal: a demo server, the command line, and what the API says about it afterwards."""

import json
import re
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from .terminal import DEADLINE_SECONDS, PROGRAMS, Person

ISSUES = Path(__file__).parents[1] / "apps" / "client" / "tests" / "fixtures" / "github" / "issues.json"


class Demo(NamedTuple):
    """A demo server and what it printed when it was ready."""

    process: subprocess.Popen[str]
    url: str
    email: str
    password: str


def sign_in(person: Person, demo: Demo, email: str) -> str:
    """Sign in with the password that everybody in the demo has."""
    words = ("login", "--server", demo.url, "--email", email, "--password-stdin")
    return person.run("colonnade", *words, typed=f"{demo.password}\n").stdout


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """Start a demo server on a free port, as the README starts it, and wait until it says that it is ready."""
    command = [PROGRAMS / "colonnade-server", "demo", "--json", "--port", "0", "--data-dir", folder / "data"]
    with (folder / "demo.log").open("a") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], DEADLINE_SECONDS)
        assert readable, "the demo did not say in time that it is ready"
        yield Demo(process, **json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate(timeout=DEADLINE_SECONDS)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo server."""
    with running_demo(tmp_path) as demo:
        yield demo


def test_a_day_at_the_command_line(demo: Demo, tmp_path: Path) -> None:
    """Sign in, import, list, move, lose to somebody faster, and read it all back through the API."""
    ada, colleague = Person(tmp_path / "ada"), Person(tmp_path / "colleague")
    assert sign_in(ada, demo, demo.email) == f"Signed in to {demo.url} as Ada Lovelace.\n"

    workspaces = ada.read("workspaces", "list")["items"]
    (mine,) = (workspace for workspace in workspaces if workspace["role"] == "owner")
    ada.type("workspaces", "use", mine["slug"])
    assert ada.read("projects", "list")["items"]
    ada.type("projects", "create", "GIT", "Issues from elsewhere")

    imported = ada.type("import", "github", str(ISSUES), "--person", "mate=me")
    assert imported == "5 made, 0 known already, 2 left out, 0 broken.\n"
    assert ada.type("import", "github", str(ISSUES)).startswith("0 made, 5 known already")

    (lamp,) = ada.read("tasks", "list", "label:bug", "assignee:me", "fog", "--project", "GIT")["items"]
    assert (lamp["title"], lamp["status"]) == ("The lamp flickers in fog", "todo")
    assert ada.read("tasks", "move", lamp["key"], "in_progress")["status"] == "in_progress"
    ada.type("tasks", "done", lamp["key"])
    assert "cannot move to in_review" in ada.refusal("tasks", "move", lamp["key"], "in_review", exit_code=5)

    seen = ada.read("tasks", "reopen", lamp["key"])
    members = ada.read("workspaces", "members")["items"]
    other = next(member["email"] for member in members if member["role"] == "member")
    sign_in(colleague, demo, other)
    theirs = colleague.read("tasks", "edit", lamp["key"], "-w", mine["slug"], "--title", "The lamp is out")
    edit = ("tasks", "edit", lamp["key"], "--title", "The lamp is fine", "--if-version", str(seen["version"]))
    ada.refusal(*edit, exit_code=5)
    assert ada.read("tasks", "show", lamp["key"]) == theirs

    read_back_over_http(demo, ada.type("open", lamp["key"]).strip(), theirs)
    ada.type("logout")
    ada.refusal("whoami", exit_code=3)


def read_back_over_http(demo: Demo, address: str, task: dict[str, Any]) -> None:
    """What the command line changed is what the API shows, and the API explains itself."""
    with httpx2.Client(base_url=demo.url, timeout=DEADLINE_SECONDS) as http:
        assert http.get(address).status_code == 401
        signed_in = http.post("/api/v1/identity/sessions", json={"email": demo.email, "password": demo.password})
        authorization = {"authorization": f"Bearer {signed_in.json()['access_token']}"}
        answer = http.get(address, headers=authorization)
        assert (answer.status_code, answer.json()) == (200, task)
        assert answer.headers["etag"].strip('"') == str(task["version"])

        document = http.get("/api/openapi.json").json()
        operations = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
        assert {"identity.sign_in", "tasks.get", "tasks.list", "tasks.edit", "tasks.move", "tasks.import"} <= operations
        docs = http.get("/api/docs")
        assert (docs.status_code, docs.headers["content-type"].partition(";")[0]) == (200, "text/html")
        own = re.findall(r'(?:src|href)="(/[^"]+)"', docs.text)
        assert own
        assert all(http.get(path).status_code == 200 for path in own)
        assert any("/api/openapi.json" in http.get(path).text for path in own if path.endswith(".js"))


def test_the_demo_can_be_told_to_stop_and_goes_on_later(tmp_path: Path) -> None:
    """Ctrl-C ends it with exit code 0 and no traceback; what was made is there the next time."""
    ada = Person(tmp_path / "ada")
    with running_demo(tmp_path) as demo:
        sign_in(ada, demo, demo.email)
        ada.type("workspaces", "create", "Made before the restart")
        demo.process.send_signal(signal.SIGINT)
        rest, _ = demo.process.communicate(timeout=DEADLINE_SECONDS)
        assert (demo.process.returncode, rest) == (0, "")
        assert "Traceback" not in (tmp_path / "demo.log").read_text()
        assert demo.url in ada.refusal("whoami", exit_code=7)
    with running_demo(tmp_path) as again:
        sign_in(ada, again, again.email)
        names = [workspace["name"] for workspace in ada.read("workspaces", "list")["items"]]
        assert names.count("Made before the restart") == 1


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_a_shell_completes_what_was_begun(tmp_path: Path) -> None:
    """The script that is printed, read by a real bash, offers what there is."""
    asking = """
    eval "$(colonnade completion bash)"
    COMP_WORDS=(colonnade tasks mo); COMP_CWORD=2
    _colonnade_completion colonnade
    echo "${COMPREPLY[@]}"
    """
    assert Person(tmp_path).run("bash", "-c", asking).stdout == "move\n"
