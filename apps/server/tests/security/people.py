"""People in these tests: enrolled without mails, and what they send compared word by word."""

from itertools import count
from pathlib import Path
from typing import Any

import httpx2

from colonnade.application.identity.operators import AppointOperator
from colonnade.application.messaging import Context
from colonnade.core import Email
from colonnade.server.settings import IdentitySection, Settings

from ..house import PASSWORD, House, Person, good, settings_for

CHEAP: dict[str, Any] = {"password_memory_kibibytes": 8, "password_iterations": 1}
"""Passwords hashed as cheaply as the library allows."""

_numbers = count(1)


def open_settings(data_dir: Path, database_url: str, **sections: Any) -> Settings:
    """Return the settings of a server on which an account can be used as soon as it is made."""
    identity = IdentitySection(confirm_email=False, **CHEAP)
    return settings_for(data_dir, database_url, **{"identity": identity, **sections})


async def enrolled(house: House, name: str = "Ada Lovelace") -> Person:
    """Register somebody and sign them in."""
    person = Person(house.http, f"attacked{next(_numbers)}@example.com")
    body = {"email": person.email, "name": name, "password": PASSWORD}
    person.id = good(await person.send("POST", "/identity/users", body))["user_id"]
    person.tokens = await person.sign_in()
    return person


async def operator(house: House) -> Person:
    """Register somebody who looks after the service."""
    person = await enrolled(house, "Grace Hopper")
    await house.server.bus.send(AppointOperator(email=Email(person.email)), Context(console="tests"))
    return person


async def token_of(owner: Person, *permissions: str, **limits: Any) -> Person:
    """Return a script with a personal token of somebody."""
    body = {"name": "script", "permissions": permissions, **limits}
    made = await owner.post("/identity/tokens", body)
    return Person(owner.http, owner.email, owner.id, {"access_token": made["token"]})


def told(answer: httpx2.Response, *hidden: str) -> dict[str, Any]:
    """Return all that an answer tells, without what differs between any two requests and what was asked for itself."""
    text = answer.text
    for value in hidden:
        text = text.replace(value, "…")
    document = httpx2.Response(200, text=text).json() if text.startswith(("{", "[")) else text
    if isinstance(document, dict):
        document.pop("instance", None)
    return {"status": answer.status_code, "document": document, "headers": sorted(answer.headers.keys())}
