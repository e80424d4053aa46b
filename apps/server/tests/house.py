"""A server in this process, and people who use it over HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from colonnade.application.identity.operators import AppointOperator
from colonnade.application.messaging import Context
from colonnade.core import Email, RecordedEvent
from colonnade.infrastructure.database import EventLog
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.server.application import Server, running_server
from colonnade.server.settings import DatabaseSection, IdentitySection, RateSection, Settings, WorkerSection
from colonnade.server.working import working
from colonnade.testing.planted import PLANTED_KEY, PLANTED_PASSWORD, without_planted

Json = dict[str, Any]

PASSWORD = PLANTED_PASSWORD
PROBLEM = "application/problem+json"

_numbers = count(1)


def identity_for(**section: Any) -> IdentitySection:
    """Return how people sign in: passwords are hashed as cheaply as the library allows, no address is confirmed."""
    return IdentitySection(
        **({"password_memory_kibibytes": 8, "password_iterations": 1, "confirm_email": False} | section)
    )


def settings_for(data_dir: Path, database_url: str, **sections: Any) -> Settings:
    """Return the settings of a server under test: everybody is on one address, and nobody asks too often."""
    database = sections.pop("database", {})
    given: Json = {
        "data_dir": data_dir,
        "secret": PLANTED_KEY,
        "database": DatabaseSection(url=database_url, **database),
        "identity": identity_for(),
        "worker": WorkerSection(poll_seconds=0.05),
        "rates": RateSection(enabled=False),
    }
    return Settings(**(given | sections))


@dataclass
class Person:
    """Somebody with an account, signed in, and a client that shows their token."""

    http: httpx2.AsyncClient
    email: str
    id: str = ""
    tokens: Json = field(default_factory=dict)

    async def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx2.Response:
        """Send a request below the API's prefix."""
        shown = {"authorization": f"Bearer {self.tokens['access_token']}"} if self.tokens else {}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        json = {} if body is None else {"json": body}
        return await self.http.request(method, f"/api/v1{path}", headers=shown | given, **json)

    async def get(self, path: str, **headers: str) -> Json:
        """Read something that is there."""
        return good(await self.send("GET", path, **headers))

    async def post(self, path: str, body: object = None, **headers: str) -> Json:
        """Do something that is allowed."""
        return good(await self.send("POST", path, body, **headers))

    async def patch(self, path: str, body: object, **headers: str) -> Json:
        """Change something that may be changed."""
        return good(await self.send("PATCH", path, body, **headers))

    async def sign_in(self) -> Json:
        """Open another session and return its tokens."""
        return good(await self.send("POST", "/identity/sessions", {"email": self.email, "password": PASSWORD}))


class House:
    """A running server, with shortcuts to what most tests begin with."""

    def __init__(self, server: Server, http: httpx2.AsyncClient, settings: Settings) -> None:
        self.server = server
        self.http = http
        self.settings = settings

    def stranger(self) -> Person:
        """Return somebody without an account."""
        return Person(self.http, "stranger@example.com")

    async def person(self, name: str = "Ada Lovelace") -> Person:
        """Register somebody and sign them in."""
        person = Person(self.http, f"person{next(_numbers)}@example.com")
        body = {"email": person.email, "name": name, "password": PASSWORD}
        person.id = (await person.post("/identity/users", body))["user_id"]
        person.tokens = await person.sign_in()
        return person

    async def operator(self, name: str = "Grace Hopper") -> Person:
        """Register somebody who looks after the service: appointed at the machine."""
        person = await self.person(name)
        await self.server.bus.send(AppointOperator(email=Email(person.email)), Context(console="tests"))
        return person

    def at(self, person: Person) -> Person:
        """Return somebody, talking to this server."""
        return Person(self.http, person.email, person.id, person.tokens)

    async def workspace(self, founder: Person, /, **roles: Person) -> str:
        """Open a workspace with members by role, and return its path."""
        slug = f"workspace-{next(_numbers)}"
        workspace = await founder.post("/workspaces", {"name": "Analytical Engines", "slug": slug})
        path = f"/workspaces/{workspace['id']}"
        for role, person in roles.items():
            await founder.post(f"{path}/members", {"email": person.email, "role": role})
        return path

    async def project(self, owner: Person, workspace: str, key: str = "WEB") -> str:
        """Open a project and return its path."""
        project = await owner.post(f"{workspace}/projects", {"key": key, "name": "Website relaunch"})
        return f"{workspace}/projects/{project['id']}"

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Do what follows commits for a while."""
        async with working(self.server.container, self.server.bus, self.settings):
            yield

    def mails(self) -> list[EmailMessage]:
        """Return the mails that were sent: without a mail server they are in a folder."""
        files = sorted((self.settings.data_dir / "mail").glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    async def events(self) -> list[RecordedEvent]:
        """Return the whole log."""
        log = await self.server.container.get(EventLog)
        return [event for _, event in await log.read(limit=100_000)]

    async def changes(self) -> list[RecordedEvent]:
        """Return the log without what only the audit has: messages that were refused or changed nothing."""
        return [event for event in await self.events() if not event.event.event_type.startswith("audit.")]


@asynccontextmanager
async def open_house(
    settings: Settings, overrides: dict[Any, object] | None = None, *, works: bool = False
) -> AsyncIterator[House]:
    """Start a server, and stop it afterwards.

    Args:
        settings: What the operator has set.
        overrides: Objects to use instead of what the providers would make.
        works: Whether subscriptions, jobs and schedules run in its process.
    """
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running_server(settings, overrides))
        if settings.database_url.startswith("postgresql"):
            await (await server.container.get(StreamNotifications)).listening()
        transport = httpx2.ASGITransport(without_planted(server.application))
        http = httpx2.AsyncClient(transport=transport, base_url="http://work.test", timeout=30)
        house = House(server, await stack.enter_async_context(http), settings)
        if works:
            await stack.enter_async_context(house.at_work())
        yield house


def good(answer: httpx2.Response) -> Json:
    """Check that an answer is a good one, and return what it holds."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url} gave {answer.status_code}: {answer.text}"
    content: Json = answer.json() if answer.content else {}
    return content


def problem(answer: httpx2.Response, status: int) -> Json:
    """Check that an answer is a problem document of a status, and return it."""
    assert answer.status_code == status, (
        f"{answer.request.method} {answer.request.url} gave {answer.status_code}: {answer.text}"
    )
    assert answer.headers["content-type"] == PROBLEM
    document: Json = answer.json()
    assert document["status"] == status
    assert document["type"] == f"urn:colonnade:problem:{document['code']}"
    assert document["title"]
    assert document["detail"]
    assert "Traceback" not in answer.text
    return document
