"""What an operator looks at: health, metrics, docs, logs, and a server that is put together from what it declares."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from colonnade.api.work import CONTRACT
from colonnade.application.messaging import LocalBus, OpenTo, RegistrationError
from colonnade.application.operations import OperationsPermission
from colonnade.monitoring.logs import configure_logs
from colonnade.server.application import document
from colonnade.server.container import PROVIDERS
from colonnade.server.resolver import ContainerResolver
from colonnade.server.settings import BrokerSection, HttpSection

from .house import PASSWORD, House, good, open_house, problem, settings_for

AccessLog = Callable[[], list[dict[str, Any]]]  # JSON values


@pytest.fixture
def access_log() -> Iterator[AccessLog]:
    """The lines of requests that the server has written so far."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:]
    configure_logs(stream=stream, quiet=["httpx2"])
    yield lambda: [
        line for line in map(json.loads, stream.getvalue().splitlines()) if line["logger"] == "colonnade.access"
    ]
    root.handlers[:] = before


def components(answer: httpx2.Response) -> dict[str, str]:
    """Return how each dependency is."""
    return {part["name"]: part["status"] for part in answer.json()["components"]}


async def test_health_says_what_it_asked(house: House) -> None:
    """Live is about the process, ready about what it needs and what it can do without for a while."""
    assert (await house.http.get("/health/live")).json() == {"status": "ok"}
    ready = await house.http.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert components(ready) == {"database": "ok", "mail": "ok", "storage": "ok"}


async def test_a_server_without_its_broker_is_degraded_and_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    """Nothing that does not need it notices, and its password is not shown."""
    nowhere = BrokerSection(url=SecretStr("nats://ada:analytical@127.0.0.1:1"), publish_seconds=0.2)
    async with open_house(settings_for(tmp_path, sqlite_url, broker=nowhere)) as house:
        ada = await house.person()
        await house.project(ada, await house.workspace(ada))
        ready = await house.http.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert components(ready) == {"database": "ok", "mail": "ok", "storage": "ok", "broker": "failed"}
        assert "analytical" not in ready.text
    left = [task for task in asyncio.all_tasks() if task.get_name().startswith("broker")]
    assert left == [], "who looked for the broker in vain still does"


async def test_metrics_count_requests_messages_events_and_connections(house: House) -> None:
    """By route, never by path."""
    ada = await house.person()
    project = await house.project(ada, await house.workspace(ada))
    await ada.post(f"{project}/tasks", {"title": "Ship it"})
    families = text_string_to_metric_families((await house.http.get("/metrics")).text)
    seen = {(s.name, *(v for _, v in sorted(s.labels.items()))): s.value for family in families for s in family.samples}
    route = "/api/v1/workspaces/{workspace_id}/projects/{project_id}/tasks"
    assert seen["colonnade_http_request_seconds_count", "POST", route, "201"] == 1
    assert seen["colonnade_message_seconds_count", "tasks.create", "ok"] == 1
    assert seen["colonnade_events_total", "tasks.task_created"] == 1
    assert seen["colonnade_database_connections_allowed",] == 10
    assert seen["colonnade_http_requests_under_way",] == 1


async def test_the_docs_are_at_their_addresses(house: House) -> None:
    """The page, the document, and the way there from the root."""
    assert (await house.http.get("/")).headers["location"] == "/api/docs"
    assert "swagger-ui-bundle.js" in (await house.http.get("/api/docs")).text
    assert (await house.http.get("/api/openapi.json")).json() == json.loads(json.dumps(document()))


async def test_a_request_is_one_line_with_one_id_and_no_secret(house: House) -> None:
    """Its message is in the log under the same id; password and tokens are in neither."""
    stream = io.StringIO()
    root = logging.getLogger()
    configure_logs(level="DEBUG", stream=stream)
    for noisy in ("aiosqlite", "asyncio", "httpx2", "httpcore2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    ada = await house.person()
    stream.seek(stream.truncate(0))
    tokens = good(
        await ada.send("POST", "/identity/sessions", {"email": ada.email, "password": PASSWORD}, x_request_id="r-1")
    )
    root.handlers[:] = []
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["message", "request"]
    assert {line["request_id"] for line in lines} == {"r-1"}
    assert lines[1]["route"] == "/api/v1/identity/sessions"
    for secret in (PASSWORD, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in stream.getvalue()


async def test_a_request_says_when_who_where_what_and_how_it_ended(house: House, access_log: AccessLog) -> None:
    """Of a session, of a personal token by its own id as well, and of a refusal; of a stranger nobody can say who."""
    ada = await house.person()
    token = await ada.post("/identity/tokens", {"name": "script", "permissions": ["task.read"], "days": 1})
    before = datetime.now(UTC)
    await ada.send("GET", "/workspaces")
    await ada.send("GET", f"/workspaces/{uuid4()}")
    by_token = {"authorization": f"Bearer {token['token']}"}
    await house.http.get("/api/v1/workspaces", headers=by_token)
    await house.http.get("/api/v1/workspaces")
    lines = access_log()[-4:]
    assert [line.get("user_id") for line in lines] == [ada.id, ada.id, ada.id, None]
    assert [line.get("bearer_id") for line in lines] == [None, None, token["details"]["id"], None]
    assert [line["status"] for line in lines[::3]] == [200, 401]
    assert lines[1]["status"] in {403, 404}
    assert {(line["method"], line["route"].partition("{")[0].rstrip("/")) for line in lines} == {
        ("GET", "/api/v1/workspaces")
    }
    for line in lines:
        moment = datetime.fromisoformat(line["time"])
        assert moment.utcoffset() == timedelta(0)
        assert before <= moment <= datetime.now(UTC)
    assert len({line["request_id"] for line in lines}) == 4
    assert token["token"] not in str(lines)


async def test_what_is_not_shown_on_purpose_is_not_there(sqlite_url: str, tmp_path: Path) -> None:
    """Neither documentation nor metrics, once their settings say so; health stays, for orchestrators."""
    hidden = HttpSection(documentation=False, metrics=False)
    async with open_house(settings_for(tmp_path, sqlite_url, http=hidden)) as house:
        for path in (
            "/",
            "/api/docs",
            "/api/docs/start.js",
            "/api/docs/swagger-ui.css",
            "/api/openapi.json",
            "/metrics",
        ):
            problem(await house.http.get(path), 404)
        assert (await house.http.get("/health/live")).status_code == 200


async def test_events_know_who_and_under_which_request(house: House) -> None:
    """The log is the audit."""
    ada = await house.person()
    await ada.post("/workspaces", {"name": "One"}, x_request_id="r-7")
    event = (await house.events())[-1]
    assert (event.metadata["correlation_id"], event.metadata["caller"]) == ("r-7", ada.id)


@pytest.mark.parametrize("row", list(CONTRACT), ids=lambda row: row.message.wire_name)
def test_what_is_bound_to_a_tenant_names_it(row: object) -> None:
    """The container reads the workspace from the message, and so does the policy."""
    kind = row.message  # type: ignore[attr-defined]
    assert isinstance(kind.access, OpenTo | OperationsPermission) or "workspace_id" in kind.model_fields


async def test_a_bus_without_a_handler_does_not_start(house: House) -> None:
    """The operator is told at start-up, not the first caller."""
    resolver = ContainerResolver(PROVIDERS)
    resolver.use(house.server.container)
    with pytest.raises(RegistrationError, match=r"CreateTask .* has no handler"):
        await LocalBus.start(handlers=[], resolver=resolver, messages=CONTRACT.messages())
