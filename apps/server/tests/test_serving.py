"""The server as a process: it says where it is, answers, and ends as it is told."""

import json
import re
import signal
import stat
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import httpx2

from .running import DEADLINE_SECONDS, started
from .waiting import until


def test_the_demo_is_one_line_of_json_and_answers(tmp_path: Path) -> None:
    """Whoever reads the line can sign in and read tasks; a signal ends it with exit code 0.

    A second start goes on with what is there, and never with the databases and keys of somebody's settings.
    """
    with started(["demo", "--json", "--port", "0", "--data-dir", "demo"], tmp_path, {}) as demo:
        told = json.loads(demo.line_with("{"))
        assert told.keys() == {"url", "email", "password"}
        assert told["url"].startswith("http://127.0.0.1:")
        with httpx2.Client(base_url=told["url"]) as client:
            credentials = {"email": told["email"], "password": told["password"]}
            tokens = client.post("/api/v1/identity/sessions", json=credentials).json()
            client.headers["authorization"] = f"Bearer {tokens['access_token']}"
            workspaces = client.get("/api/v1/workspaces").json()["items"]
            assert len(workspaces) > 5
            path = f"/api/v1/workspaces/{workspaces[0]['id']}/tasks"
            page = client.get(path)
            assert page.json()["items"]
            head = client.head(path)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["content-length"]
            assert client.get("/api/docs").status_code == 200
            assert "server" not in page.headers
        assert demo.end(signal.SIGTERM) == 0
    assert [line for line in demo.said if "Traceback" in line] == []
    for name in ("secret", "signing-keys.json", "key-encryption-key"):
        assert stat.S_IMODE((tmp_path / "demo" / name).stat().st_mode) == 0o600

    elsewhere = {
        "COLONNADE_DATABASE__URL": "postgresql://nobody@127.0.0.1:1/production",
        "COLONNADE_KEYS__URL": "postgresql://nobody@127.0.0.1:1/keys",
        "COLONNADE_IDENTITY__SIGNING_KEYS_FILE": "/nowhere/signing-keys.json",
    }
    with started(["demo", "--json", "--port", "0", "--data-dir", "demo"], tmp_path, elsewhere) as again:
        told = json.loads(again.line_with("{"))
        with httpx2.Client(base_url=told["url"], headers=client.headers) as other:
            assert other.get("/api/v1/workspaces").json()["items"] == workspaces
        assert again.end(signal.SIGINT) == 0


def test_the_server_ends_cleanly_and_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    """It migrates at its start, so that it answers at once; a second one on its port ends without a traceback."""
    with started(["serve", "--port", "0"], tmp_path, {}) as first:
        url = first.line_with("Colonnade is at").split()[-1]
        assert httpx2.get(f"{url}/health/ready").json()["status"] == "ok"
        with started(["serve", "--port", url.rsplit(":", 1)[1]], tmp_path, {}) as second:
            assert second.process.wait(DEADLINE_SECONDS) != 0
            assert f"Error: nobody can be answered at 127.0.0.1, port {httpx2.URL(url).port}" in "".join(second.said)
            assert "Traceback" not in "".join(second.said)
        assert first.end(signal.SIGTERM) == 0
    assert [line for line in first.said if "Traceback" in line] == []


def test_links_lead_to_the_port_that_was_free(tmp_path: Path) -> None:
    """Those in mails, those of devices and providers, and those to archives: nobody is sent to port 0."""
    provider = {"name": "house", "title": "House", "issuer": "https://id.example.com", "client_id": "us"}
    variables = {
        "COLONNADE_IDENTITY__CONFIRM_EMAIL": "true",
        "COLONNADE_IDENTITY__PROVIDERS": json.dumps([provider]),
    }
    with started(["serve", "--port", "0"], tmp_path, variables) as server:
        url = server.line_with("Colonnade is at").split()[-1]
        with httpx2.Client(base_url=f"{url}/api/v1") as client:
            account = {"email": "ada@example.com", "password": "analytical engine"}
            client.post("/identity/users", json={**account, "name": "Ada"}).raise_for_status()
            link = _eventually(lambda: _link_in_mails(tmp_path / "colonnade-data" / "mail"))
            assert link.startswith(f"{url}/")
            client.post("/identity/users/confirm", json={"token": link.partition("#")[2]}).raise_for_status()
            tokens = client.post("/identity/sessions", json=account).json()
            client.headers["authorization"] = f"Bearer {tokens['access_token']}"
            assert client.post("/identity/devices").json()["verification_uri"] == f"{url}/device"
            begin = client.post("/identity/providers/link", json={"provider": "house"}).json()
            assert begin["url"].startswith(f"{url}/sign-in/oidc/house?")
            thread = client.post("/identity/me/data", json={}).json()["thread"]
            archive = _eventually(lambda: _told(client, thread))
            assert archive.startswith(f"{url}/")
            assert httpx2.get(archive).is_success
        assert server.end(signal.SIGTERM) == 0


def _link_in_mails(folder: Path) -> str | None:
    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("*.eml")]
    bodies = [mail.get_body(("plain",)) for mail in mails]
    links = [re.search(r"http\S+#\S+", body.get_content()) for body in bodies if body is not None]
    return next((found[0] for found in links if found), None)


def _told(client: httpx2.Client, thread: str) -> str | None:
    told = client.get("/notifications").json()["items"]
    return next((news["facts"]["url"] for news in told if news["thread"] == thread), None)


def _eventually(look: Callable[[], str | None]) -> str:
    seen = list[str]()
    until(lambda: bool(seen.extend(filter(None, [look()])) or seen), "somebody is told")
    return seen[0]
