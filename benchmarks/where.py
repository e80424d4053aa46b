"""Where a peer's time goes: its application in this process, without a network, sampled every millisecond of CPU."""

import asyncio
import importlib
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import cycle
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple
from uuid import uuid4

import uvloop
from peers.place import Place
from starlette.types import ASGIApp, Message, Scope
from world import Target

WORKERS = 8
_INTERVAL_SECONDS = 0.001

Labels = Callable[[str, str], str | None]
"""From a file and a function to the part that it belongs to."""


class Spent(NamedTuple):
    """What requests cost.

    Attributes:
        microseconds: CPU for one.
        shares: Share of each part in it.
    """

    microseconds: float
    shares: dict[str, float]


def measure(module: str, place: Place, operation: str, targets: Iterable[Target], count: int, label: Labels) -> Spent:
    """Send requests to an application in this process and tell what they cost."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measure(module, place, operation, tuple(targets), count, label))


async def _measure(
    module: str, place: Place, operation: str, targets: tuple[Target, ...], count: int, label: Labels
) -> Spent:
    async with importlib.import_module(module).application(place) as application:
        turns = cycle(targets)
        await _send(application, operation, turns, count // 10)
        samples: Counter[str] = Counter()

        def sample(number: int, frame: FrameType | None) -> None:
            samples[_part(frame, label)] += 1

        signal.signal(signal.SIGPROF, sample)
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL_SECONDS, _INTERVAL_SECONDS)
        begin = time.process_time()
        try:
            await _send(application, operation, turns, count)
        finally:
            spent = time.process_time() - begin
            signal.setitimer(signal.ITIMER_PROF, 0)
    total = sum(samples.values())
    return Spent(spent / count * 1e6, {part: number / total for part, number in samples.most_common()})


def _part(frame: FrameType | None, label: Labels) -> str:
    """Return the innermost part that claims a frame of the stack."""
    while frame is not None:
        if (part := label(frame.f_code.co_filename, frame.f_code.co_qualname)) is not None:
            return part
        frame = frame.f_back
    return "event loop"


async def _send(application: ASGIApp, operation: str, turns: Any, count: int) -> None:
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await _request(application, operation, next(turns))

    await asyncio.gather(*(work() for _ in range(WORKERS)))


async def _request(application: ASGIApp, operation: str, target: Target) -> None:
    method, path, query, body = _parts(operation, target)
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [
            (b"host", b"localhost"),
            (b"authorization", f"Bearer {target.token}".encode()),
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= 300:
            raise SystemExit(f"{method} {path}: {message['status']}")

    await application(scope, receive, send)


def _parts(operation: str, target: Target) -> tuple[str, str, bytes, bytes]:
    place = f"/api/v1/workspaces/{target.workspace}"
    if operation == "list":
        return "GET", f"{place}/tasks", f"project_id={target.project}&sort=-created&limit=50".encode(), b""
    if operation == "post":
        return "POST", f"{place}/projects/{target.project}/tasks", b"", b'{"title":"Measure the loading time"}'
    if operation == "patch":
        return "PATCH", f"{place}/tasks/{target.task}", b"", b'{"title":"%s"}' % uuid4().hex.encode()
    return "GET", f"{place}/tasks/{target.task}", b"", b""


def by_layer(file: str, function: str) -> str | None:
    """Name the parts of all peers for a reader of the report."""
    for part, marks in _LAYERS.items():
        if any(mark in file for mark in marks):
            return part
    return None


_LAYERS = {
    "access log and metrics": ("/monitoring/", "structlog", "prometheus_client"),
    "HTTP binding": ("/api/http/", "/api/problems"),
    "routing": ("starlette",),
    "FastAPI": ("fastapi",),
    "bus and behaviours": ("/application/messaging/",),
    "container scope": ("dishka", "/server/resolver", "/server/container"),
    "token check": ("jwt", "/peers/tokens", "/identity/authenticator", "/security/"),
    "SQLAlchemy": ("sqlalchemy", "sqlmodel"),
    "driver": ("asyncpg",),
    "unit of work, repository, mapping": ("/infrastructure/",),
    "use case and domain": ("/domain/", "/application/", "/core/"),
    "handler by hand": ("/peers/",),
}


def by_line(file: str, function: str) -> str | None:
    """Name the function itself."""
    return f"{Path(file).parent.name}/{Path(file).name}:{function}"
