"""People and operators hear of what an attacker would do: from where, when, and what to do about it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from colonnade.application.messaging import Context
from colonnade.application.operations import ListSubscriptions
from colonnade.application.subscriptions import Mode
from colonnade.domain.identity import SessionOpened
from colonnade.monitoring.logs import configure_logs
from colonnade.server.product import SUBSCRIPTIONS

from ..house import PASSWORD, House, Person, good, problem
from ..waiting import eventually, found

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36"
HOME, AWAY = "192.0.2.7", "203.0.113.9"


@pytest.fixture
async def listening(working_house: House) -> House:
    """A server whose subscriptions have begun: a new one hears of what happens from then on."""

    async def has_begun() -> bool:
        known = await working_house.server.bus.send(ListSubscriptions(), Context(console="tests"))
        return {one.name for one in SUBSCRIPTIONS if one.mode is Mode.DURABLE} <= {one.name for one in known.items}

    await eventually(has_begun, "all subscriptions have a checkpoint")
    return working_house


async def sign_in_from(house: House, person: Person, address: str) -> None:
    """Sign in from a network, with the browser that everybody has."""
    transport = httpx2.ASGITransport(house.server.application, client=(address, 1))
    credentials = {"email": person.email, "password": PASSWORD}
    async with httpx2.AsyncClient(transport=transport, base_url="http://work.test") as http:
        good(await http.post("/api/v1/identity/sessions", json=credentials, headers={"user-agent": CHROME}))


async def mails_to(house: House, person: Person, subject: str, count: int = 1) -> list[str]:
    """Return the texts of somebody's mails with a subject, as soon as there are so many."""

    async def look() -> list[str]:
        mine = [mail for mail in house.mails() if mail["to"] == person.email and mail["subject"] == subject]
        texts = [body.get_content() for mail in mine if (body := mail.get_body(("plain",))) is not None]
        return texts if len(texts) >= count else []

    texts: list[str] = await found(look, f"{count} mails called {subject}")
    return texts


@contextmanager
def logged() -> Iterator[StringIO]:
    """Write the log as the server does."""
    root, stream = logging.getLogger(), StringIO()
    handlers, level = root.handlers[:], root.level
    configure_logs(level="WARNING", stream=stream)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def lines_of(stream: StringIO, security_event: str) -> list[dict[str, Any]]:
    """Return the lines about a security event."""
    lines = (json.loads(line) for line in stream.getvalue().splitlines())
    return [line for line in lines if line.get("security_event") == security_event]


async def test_a_thief_with_the_same_browser_is_told_of(listening: House) -> None:
    """A network that is new to the account makes a new device, once."""
    ada = await listening.person()
    for address in (HOME, AWAY, AWAY, HOME):
        await sign_in_from(listening, ada, address)
    events = [recorded.event for recorded in await listening.events()]
    opened = [event.new_device for event in events if isinstance(event, SessionOpened)]
    assert opened == [True, True, True, False, False]
    texts = await mails_to(listening, ada, "New sign-in to your account", 2)
    assert sorted(address for text in texts for address in (HOME, AWAY) if address in text) == [HOME, AWAY]
    assert all("Chrome on Windows" in text for text in texts)


async def test_a_personal_token_is_told_of_with_where_it_was_made(listening: House) -> None:
    """What is sealed in the log is opened for its owner."""
    ada = await listening.person()
    body = {"name": "script", "permissions": ["task.read"], "days": 1}
    await ada.post("/identity/tokens", body, user_agent=CHROME)
    (text,) = await mails_to(listening, ada, "A token for your account was made")
    assert "with Chrome on Windows, from 127.0.0.1" in " ".join(text.split())
    assert "sealed" not in text


async def test_a_copied_refresh_token_alarms_its_owner_and_the_operators(listening: House) -> None:
    """A mail, a count that an alert is made of, and a line that says from where it came."""
    ada = await listening.person()
    stolen = {"refresh_token": ada.tokens["refresh_token"]}
    with logged() as stream:
        good(await ada.send("POST", "/identity/sessions/refresh", stolen, user_agent=CHROME))
        problem(await ada.send("POST", "/identity/sessions/refresh", stolen, user_agent="curl/8.9"), 401)
        (text,) = await mails_to(listening, ada, "A device was signed out: somebody may have copied its sign-in")

        async def look() -> list[dict[str, Any]]:
            return lines_of(stream, "identity.refresh_token_reused")

        (line,) = await found(look, "a line about it")
    assert "in two places, last on" in " ".join(text.split())
    assert "with curl, from 127.0.0.1" in " ".join(text.split())
    assert (line["event"], line["level"], line["severity"]) == ("security event", "warning", "critical")
    assert (line["person"], line["address"], line["agent"]) == (ada.id, "127.0.0.1", "curl/8.9")
    assert "$sealed" not in stream.getvalue()
    families = text_string_to_metric_families((await listening.http.get("/metrics")).text)
    counts = {
        sample.labels["type"]: sample.value
        for family in families
        for sample in family.samples
        if sample.name == "colonnade_security_events_total" and sample.labels["severity"] == "critical"
    }
    assert counts == {"identity.refresh_token_reused": 1}


async def test_which_token_was_refused_is_in_the_log(listening: House) -> None:
    """Its id is no secret; the token itself is."""
    ada = await listening.person()
    workspace = await listening.workspace(ada)
    token = await ada.post("/identity/tokens", {"name": "script", "permissions": ["task.read"], "days": 1})
    script = Person(listening.http, ada.email, ada.id, {"access_token": token["token"]})
    with logged() as stream:
        problem(await script.send("PATCH", workspace, {"name": "Mine"}), 403)

        async def look() -> list[dict[str, Any]]:
            return lines_of(stream, "audit.command_refused")

        (line,) = await found(look, "a line about it")
    assert (line["bearer_id"], line.get("person")) == (token["details"]["id"], None)
    assert token["token"] not in stream.getvalue()
