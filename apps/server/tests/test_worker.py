"""The worker as a process of its own: it begins with what waits, and finishes what runs when it is told to stop."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2

from .commands import run
from .house import PASSWORD
from .running import DEADLINE_SECONDS, Process, started
from .waiting import until

ALONE = {"COLONNADE_WORKER__IN_SERVER": "false", "COLONNADE_WEBHOOKS__ALLOWED_NETWORKS": '["127.0.0.0/8"]'}
"""`serve` leaves the work to others, and receivers on this machine may be called."""


class Slow:
    """A receiver that answers when it is let."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.released = threading.Event()
        self.url = ""

    @contextmanager
    def listening(self) -> Iterator["Slow"]:
        """Listen on this machine for as long as the context is open."""
        slow = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                slow.reached.set()
                slow.released.wait(DEADLINE_SECONDS)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_port}/hooks"
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield self
            finally:
                self.released.set()
                server.shutdown()
                thread.join(DEADLINE_SECONDS)


class Client:
    """Somebody who uses a server in another process."""

    def __init__(self, http: httpx2.Client, url: str, email: str) -> None:
        self._http = http
        self.move_to(url)
        account = {"email": email, "name": email, "password": PASSWORD}
        self.id = self.post("/identity/users", account)["user_id"]
        token = self.post("/identity/sessions", {"email": email, "password": PASSWORD})["access_token"]
        self._http.headers["authorization"] = f"Bearer {token}"
        self.email = email

    def move_to(self, url: str) -> None:
        """Talk to another server."""
        self._http.base_url = f"{url}/api/v1"

    def get(self, path: str) -> Any:  # JSON values
        """Read something that is there."""
        return self._http.get(path).raise_for_status().json()

    def post(self, path: str, body: object = None) -> Any:  # JSON values
        """Do something that is allowed."""
        return self._http.post(path, json=body).raise_for_status().json()


def assign(stack: ExitStack, url: str, hook: str) -> tuple[Client, Client, str]:
    """Let Ada give Ben a task, and another service be told of it.

    Returns:
        Ada, Ben and the workspace's path.
    """
    ada, ben = (
        Client(stack.enter_context(httpx2.Client(timeout=DEADLINE_SECONDS)), url, f"{name}@example.com")
        for name in ("ada", "ben")
    )
    workspace = f"/workspaces/{ada.post('/workspaces', {'name': 'Engines'})['id']}"
    ada.post(f"{workspace}/members", {"email": ben.email})
    project = ada.post(f"{workspace}/projects", {"key": "WEB", "name": "Web"})["id"]
    ada.post(f"{workspace}/webhooks", {"url": hook, "event_types": ["tasks.task_created"]})
    ada.post(f"{workspace}/projects/{project}/tasks", {"title": "Ship it", "assignee_id": ben.id})
    return ada, ben, workspace


def kinds(person: Client) -> list[str]:
    """Return what somebody was told of."""
    return sorted(item["kind"] for item in person.get("/notifications")["items"])


def serving(stack: ExitStack, tmp_path: Path, variables: dict[str, str]) -> tuple[Process, str]:
    """Start `serve`, and return it and its address."""
    server = stack.enter_context(started(["serve", "--port", "0"], tmp_path, variables))
    return server, server.line_with("Colonnade is at").split()[-1]


def test_a_worker_begins_with_what_waits_and_finishes_what_runs(tmp_path: Path) -> None:
    """What happened before the first worker ever came is told; a signal lets a request under way come to its end."""
    slow = Slow()
    with ExitStack() as stack:
        stack.enter_context(slow.listening())
        server, url = serving(stack, tmp_path, ALONE)
        ada, ben, workspace = assign(stack, url, slow.url)
        run("operators", "appoint", ada.email, cwd=tmp_path)
        assert kinds(ben) == []
        worker = stack.enter_context(started(["worker"], tmp_path, ALONE))
        worker.line_with("Colonnade works.")
        until(lambda: kinds(ben) == ["added_to_workspace", "assigned"], "Ben is told")
        assert slow.reached.wait(DEADLINE_SECONDS)

        worker.process.send_signal(signal.SIGTERM)
        subscriptions = "/operations/subscriptions"
        until(lambda: not any(each["read_by"] for each in ada.get(subscriptions)["items"]), "the worker stops")
        assert worker.process.poll() is None
        assert [each["alive"] for each in ada.get("/operations/workers")["items"]] == [True]
        slow.released.set()
        assert worker.process.wait(DEADLINE_SECONDS) == 0
        (delivery,) = ada.get(f"{workspace}/webhooks/deliveries")["items"]
        (job,) = ada.get("/operations/jobs?name=webhooks.attempt_delivery")["items"]
        assert (job["state"], job["attempts"]) == ("done", 1)
        assert [each["alive"] for each in ada.get("/operations/workers")["items"]] == [False]
        assert (server.end(signal.SIGTERM), delivery["attempts"]) == (0, 0)

        again = stack.enter_context(started(["worker"], tmp_path, ALONE))
        again.line_with("Colonnade works.")
        ada.move_to(serving(stack, tmp_path, ALONE)[1])
        noted = f"{workspace}/webhooks/deliveries?state=delivered"
        until(lambda: len(ada.get(noted)["items"]) == 1, "what came of the request is noted by the next worker")
        assert again.end(signal.SIGINT) == 0
    for process in (server, worker, again):
        assert [line for line in process.said if "Traceback" in line] == []


def test_on_sqlite_the_server_works_by_itself(tmp_path: Path) -> None:
    """Nothing else need be started; the settings and the logs are those of one process."""
    with ExitStack() as stack:
        server, url = serving(stack, tmp_path, {"COLONNADE_LOGS__LEVEL": "INFO"})
        _, ben, _ = assign(stack, url, "https://hooks.example.invalid/x")
        until(lambda: kinds(ben) == ["added_to_workspace", "assigned"], "Ben is told")
        assert server.end(signal.SIGTERM) == 0
    lines = [json.loads(line) for line in server.said if line.startswith("{")]
    assert [line for line in lines if line["level"] in {"error", "critical"}] == []


def test_a_wrong_argument_ends_the_worker_at_once(tmp_path: Path) -> None:
    """Before it touches anything."""
    result = run("worker", "--jobs", "0", cwd=tmp_path)
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
