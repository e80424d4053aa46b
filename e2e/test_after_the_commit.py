"""Somebody assigns a task, and everybody hears of it: at once, or afterwards if they were dead meanwhile."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import nats as nats_client
import pytest
from standardwebhooks import Webhook

from .installation import DEADLINE_SECONDS, Installation, answering, eventually, running, working
from .outside import MailServer, Mortal, Program, Receiver, Request, alive, nats

SOON_SECONDS = 5.0
"""What a slow machine is given; the test prints how long it took."""

MEANWHILE = 3
"""Tasks that are assigned while everything outside is dead."""

ASSIGNED = "tasks.task_assigned"
SETTINGS = {
    "COLONNADE_WEBHOOKS__ALLOWED_NETWORKS": '["127.0.0.0/8"]',
    "COLONNADE_WEBHOOKS__RETRY_PAUSES_SECONDS": json.dumps([1] * 30),
    "COLONNADE_MAIL__HOST": "127.0.0.1",
    "COLONNADE_MAIL__SECURITY": "none",
    "COLONNADE_MAIL__RECOVERY_SECONDS": "1",
    "COLONNADE_BROKER__PUBLISH_SECONDS": "1",
}


class Outside(NamedTuple):
    """Who hears of things outside; there is no broker beside SQLite."""

    mail: MailServer
    receiver: Receiver
    broker: Program | None

    @property
    def everybody(self) -> list[Mortal]:
        """All that can be dead."""
        return [one for one in self if one is not None]

    @property
    def broker_url(self) -> str:
        """Where the broker is."""
        return "memory://" if self.broker is None else f"nats://127.0.0.1:{self.broker.port}"

    def settings(self) -> dict[str, str]:
        """Return the settings by which the service finds them."""
        return SETTINGS | {"COLONNADE_MAIL__PORT": str(self.mail.port), "COLONNADE_BROKER__URL": self.broker_url}


class Team:
    """Ada, who assigns tasks, Bob, who gets them, and a webhook of theirs."""

    def __init__(self, installation: Installation, outside: Outside) -> None:
        self.ada, self.bob = installation.person("ada"), installation.person("bob")
        self.outside = outside
        self.path = f"/workspaces/{self.ada.post('/workspaces', name='Engines')['id']}"
        self.ada.post(f"{self.path}/members", email=self.bob.email)
        self._project = self.ada.post(f"{self.path}/projects", key="WEB", name="Web")["id"]
        url = f"http://127.0.0.1:{outside.receiver.port}/hook"
        self._secret = self.ada.post(f"{self.path}/webhooks", url=url, event_types=[ASSIGNED])["secret"]

    def task(self, title: str) -> str:
        """Make a task of nobody's."""
        return str(self.ada.post(f"{self.path}/projects/{self._project}/tasks", title=title)["id"])

    def assign(self, task: str) -> None:
        """Give a task to Bob."""
        self.ada.post(f"{self.path}/tasks/{task}/assign", assignee_id=self.bob.id)

    def verified(self, request: Request) -> str:
        """Return the task that a request tells of, if its signature is right."""
        return str(Webhook(self._secret).verify(request.body, request.headers)["data"]["task_id"])

    def mails(self) -> list[EmailMessage]:
        """Return the mails that tell Bob of tasks."""
        return [mail for mail in self.outside.mail.mails if "[WEB-" in mail["Subject"]]

    def have_heard(self, count: int) -> bool:
        """Tell whether so many assignments have arrived everywhere; more than that is never right."""
        heard = [len(self.bob.told_of("assigned")), len(self.mails()), len(self.outside.receiver.requests)]
        assert max(heard) <= count
        return min(heard) == count

    def given_up_for_now(self) -> bool:
        """Tell whether each way was tried in vain for everything that is to go by it."""
        deliveries = self.ada.items(f"{self.path}/webhooks/deliveries")
        jobs = self.ada.items("/operations/jobs?name=notifications.send_mail")
        tried = [
            sum(delivery["state"] == "pending" and delivery["attempts"] > 1 for delivery in deliveries),
            sum(job["state"] != "done" and job["error_code"] is not None for job in jobs),
        ]
        return min(tried) == MEANWHILE and (self.outside.broker is None or self._unpublished() > 0)

    def is_done(self) -> bool:
        """Tell whether nothing waits any more."""
        states = ("scheduled", "waiting", "running")
        jobs = [job for state in states for job in self.ada.items(f"/operations/jobs?state={state}")]
        return not jobs and not self._unpublished()

    async def until_published(self, *tasks: str) -> None:
        """Wait until the broker, if there is one, was told of these assignments; twice is never right."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while self.outside.broker is not None:
                published = await self._published()
                if published.total() >= len(tasks):
                    assert published == dict.fromkeys(tasks, 1)
                    break

    async def _published(self) -> Counter[str]:
        connection = await nats_client.connect(self.outside.broker_url)
        stream = connection.jetstream()
        last = (await stream.stream_info("colonnade")).state.last_seq
        messages = [await stream.get_msg("colonnade", number) for number in range(1, last + 1)]
        await connection.close()
        events = [json.loads(message.data or b"") for message in messages]
        assert {event["specversion"] for event in events} == {"1.0"}
        assert len({event["id"] for event in events}) == len(events)
        told = [event for event in events if event["type"] == f"org.colonnade.{ASSIGNED}.v1"]
        return Counter(event["data"]["task_id"] for event in told)

    def _unpublished(self) -> int:
        (relay,) = (one for one in self.ada.items("/operations/subscriptions") if one["name"] == "publishing.relay")
        return int(relay["behind"])


@pytest.fixture
def outside(variables: dict[str, str]) -> Iterator[Outside]:
    """Mail server and receiver, and a broker beside PostgreSQL; all alive."""
    with ExitStack() as stack:
        broker = stack.enter_context(nats()) if "COLONNADE_DATABASE__URL" in variables else None
        outside = Outside(MailServer(), Receiver(), broker)
        stack.enter_context(alive(outside.mail, outside.receiver))
        yield outside


@pytest.fixture
def installation(outside: Outside, variables: dict[str, str], tmp_path: Path) -> Iterator[Installation]:
    """A server that knows all of them."""
    with running(tmp_path, variables | outside.settings()) as installation:
        yield installation


async def test_everybody_hears_of_an_assignment_at_once(
    outside: Outside, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    """The assignee in the app and by mail, a receiver by a signed request, another service by a CloudEvent."""
    team = Team(installation, outside)
    first, second = team.task("Warm up"), team.task("Ünïcode <b>engine</b>")
    team.assign(first)
    eventually(lambda: team.have_heard(1))
    began = time.monotonic()
    team.assign(second)
    eventually(lambda: team.have_heard(2))
    await team.until_published(first, second)
    seconds = time.monotonic() - began
    with capsys.disabled():
        print(f"\nassigned: everybody has heard of it after {seconds:.3f} s")
    assert seconds < SOON_SECONDS

    assert team.bob.told_of("assigned")[0]["facts"]["title"] == "Ünïcode <b>engine</b>"
    assert [team.verified(request) for request in outside.receiver.requests] == [first, second]
    mail = team.mails()[-1]
    assert (mail["To"], mail["Subject"]) == (team.bob.email, "[WEB-2] Ünïcode <b>engine</b>")
    html = mail.get_body(("html",))
    assert html is not None
    assert "Ünïcode &lt;b&gt;engine&lt;/b&gt;" in html.get_content()


async def test_who_was_dead_meanwhile_hears_of_everything_once(outside: Outside, installation: Installation) -> None:
    """Nobody who does not need them notices; when they are back, everything arrives, each thing once."""
    team = Team(installation, outside)
    installation.type("operators", "appoint", team.ada.email)
    tasks = [team.task(f"Part {number}") for number in range(1 + MEANWHILE)]
    team.assign(tasks[0])
    eventually(lambda: team.have_heard(1))
    for one in outside.everybody:
        one.stop()
    for task in tasks[1:]:
        team.assign(task)
    eventually(lambda: len(team.bob.told_of("assigned")) == len(tasks))
    eventually(team.given_up_for_now)
    assert len(outside.receiver.requests) == len(team.mails()) == 1
    for one in outside.everybody:
        one.start()
    eventually(lambda: team.have_heard(len(tasks)))
    eventually(team.is_done)
    assert Counter(team.verified(request) for request in outside.receiver.requests) == dict.fromkeys(tasks, 1)
    mails = team.mails()
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) == len(tasks)
    await team.until_published(*tasks)


def test_what_happens_before_the_first_worker_comes_is_not_forgotten(
    outside: Outside, variables: dict[str, str], tmp_path: Path
) -> None:
    """Whoever starts the server first and workers some time later loses nothing in between."""
    settings = variables | outside.settings() | {"COLONNADE_WORKER__IN_SERVER": "false"}
    with answering(tmp_path, settings) as installation:
        team = Team(installation, outside)
        team.assign(team.task("Before anybody works"))
        with working(tmp_path, settings):
            eventually(lambda: team.have_heard(1))
