"""After the commit: a server that works tells people and other services what happened, each once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from sqlalchemy import text

from colonnade.infrastructure.database import Database
from colonnade.server.settings import WebhookSection
from colonnade.testing.databases import PostgresTemplate

from .going_on import caught_up, told
from .house import House, Json, Person, open_house, settings_for
from .receiver import Receiver, receiving
from .waiting import eventually

HERE = WebhookSection(allowed_networks=(IPv4Network("127.0.0.0/8"),))
"""Receivers on this machine may be called."""


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Another service on this machine."""
    async with receiving() as receiver:
        yield receiver


@dataclass
class Desk:
    """A workspace of two, to which another service listens."""

    ada: Person
    ben: Person
    workspace: str
    project: str
    secret: str

    async def assign(self, title: str) -> Json:
        """Let Ada give Ben a new task."""
        return await self.ada.post(f"{self.project}/tasks", {"title": title, "assignee_id": self.ben.id})


async def furnished(house: House, receiver: Receiver) -> Desk:
    """Return a desk."""
    ada, ben = await house.person("Ada"), await house.person("Ben")
    workspace = await house.workspace(ada, member=ben)
    hook = {"url": receiver.url, "event_types": ["tasks.task_created"]}
    webhook = await ada.post(f"{workspace}/webhooks", hook)
    return Desk(ada, ben, workspace, await house.project(ada, workspace), webhook["secret"])


async def test_an_assignment_reaches_the_app_the_mailbox_and_another_service(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    """One request of Ada's; the rest happens by itself, in the server's own process."""
    async with open_house(settings_for(tmp_path, database_url, webhooks=HERE), works=True) as house:
        desk = await furnished(house, receiver)
        task = await desk.assign("Ünïcode <b>task</b>")
        news = await told(desk.ben, "assigned")
        assert {"key": "WEB-1", "title": task["title"], "by": "Ada"}.items() <= news["facts"].items()
        await eventually(receiver.has_one, "the webhook comes")
        assert receiver.requests[0].verified(desk.secret) == receiver.requests[0].headers["webhook-id"]
        assert receiver.requests[0].content["type"] == "tasks.task_created"
        assert receiver.requests[0].content["data"]["assignee_id"] == desk.ben.id

        async def sent() -> bool:
            ways = (await desk.ben.get(f"/notifications/{news['id']}/deliveries"))["items"]
            return [(way["channel"], way["state"]) for way in ways] == [("mail", "sent")]

        await eventually(sent, "a mail is sent, and noted as sent")
        assert [mail["to"] for mail in house.mails() if "WEB-1" in mail["subject"]] == [desk.ben.email]


async def test_what_was_committed_while_nobody_worked_is_made_up_for(
    sqlite_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    """The next server that works begins with it."""
    settings = settings_for(tmp_path, sqlite_url, webhooks=HERE)
    async with open_house(settings, works=True) as house:
        await caught_up(house)
    async with open_house(settings) as house:
        desk = await furnished(house, receiver)
        await desk.assign("Ship it")
        assert (await desk.ben.get("/notifications"))["items"] == receiver.requests == []
    async with open_house(settings, works=True) as house:
        desk.ben.http = house.http
        await told(desk.ben, "assigned")
        await eventually(receiver.has_one, "the webhook comes")
        receiver.requests[0].verified(desk.secret)


async def test_a_restart_repeats_nothing(sqlite_url: str, tmp_path: Path, receiver: Receiver) -> None:
    """Checkpoints and finished jobs outlive the process."""
    settings = settings_for(tmp_path, sqlite_url, webhooks=HERE)
    async with open_house(settings, works=True) as house:
        desk = await furnished(house, receiver)
        await desk.assign("Ship it")
        before = await told(desk.ben, "assigned")
        await eventually(receiver.has_one, "the webhook comes")
    async with open_house(settings, works=True) as house:
        desk.ada.http = desk.ben.http = house.http
        await desk.ada.post(f"{desk.workspace}/members", {"email": (await house.person()).email})
        await caught_up(house)
        notifications = (await desk.ben.get("/notifications"))["items"]
        assert [each for each in notifications if each["kind"] == "assigned"] == [before]
    assert len(receiver.requests) == 1


@pytest.mark.integration
async def test_two_servers_on_one_database_tell_everything_once(
    postgres_template: PostgresTemplate, tmp_path: Path, receiver: Receiver
) -> None:
    """They share the work; whichever server is asked and whichever does it, nothing is left out or doubled."""
    async with postgres_template.copy() as url:
        settings = settings_for(tmp_path, url, webhooks=HERE)
        async with open_house(settings, works=True) as one, open_house(settings, works=True) as two:
            database = await one.server.container.get(Database)

            async def share() -> bool:
                readers = text("SELECT owner FROM subscription_partitions WHERE owner IS NOT NULL")
                return len({owner for (owner,) in await database.fetch(readers)}) == 2

            await eventually(share, "both servers read")
            await caught_up(one)
            desk = await furnished(one, receiver)
            doors = (desk, Desk(two.at(desk.ada), two.at(desk.ben), desk.workspace, desk.project, desk.secret))
            made = await asyncio.gather(*(doors[n % 2].assign(f"Task {n}") for n in range(20)))

            async def all_came() -> bool:
                return len({request.headers["webhook-id"] for request in receiver.requests}) == len(made)

            await eventually(all_came, "the other service is told of every task")
            await caught_up(one)
            items = (await two.at(desk.ben).get("/notifications?limit=200"))["items"]
            about = [item["facts"]["task_id"] for item in items if item["kind"] == "assigned"]
            assert sorted(about) == sorted(task["id"] for task in made)
            assert len(receiver.requests) == len(made)
