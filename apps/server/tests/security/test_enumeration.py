"""Nobody learns who has an account: the same answer, by the same work, for every address."""

from collections.abc import AsyncIterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from sqlalchemy import event, func, select

from colonnade.application.identity.ports import PasswordHasher
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.jobs.tables import jobs
from colonnade.security.passwords import Argon2Passwords
from colonnade.server.settings import IdentitySection

from ..house import PASSWORD, House, open_house, settings_for
from ..waiting import eventually
from .people import CHEAP, enrolled, open_settings

DIFFERENT_EACH_TIME = {"date", "x-request-id", "traceparent", "request-id"}


class CountingHasher:
    """Argon2 that counts what it was asked."""

    def __init__(self) -> None:
        self._passwords = Argon2Passwords(memory_kibibytes=8, iterations=1)
        self.asked: list[str] = []

    async def hash(self, password: str) -> str:
        """Hash."""
        self.asked.append("hash")
        return await self._passwords.hash(password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Verify."""
        self.asked.append("verify")
        return await self._passwords.verify(password, password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        """Pass on."""
        return self._passwords.is_outdated(password_hash)


class Front(NamedTuple):
    """A server that confirms addresses, with an account that is confirmed and one that is not."""

    house: House
    hasher: CountingHasher
    confirmed: str
    unconfirmed: str


@pytest.fixture
async def front(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Front]:
    """The accounts were made before; nothing works behind the scenes while the test measures."""
    async with open_house(open_settings(tmp_path, sqlite_url)) as house:
        confirmed = (await enrolled(house)).email
    confirming = settings_for(tmp_path, sqlite_url, identity=IdentitySection(confirm_email=True, **CHEAP))
    async with open_house(confirming, works=True) as house:
        body = {"email": "unconfirmed@example.com", "name": "Una", "password": PASSWORD}
        assert (await house.stranger().send("POST", "/identity/users", body)).status_code == 202

        async def mailed() -> bool:
            return bool(house.mails())

        await eventually(mailed, "the link is mailed")
    hasher = CountingHasher()
    async with open_house(confirming, {PasswordHasher: hasher}) as house:
        yield Front(house, hasher, confirmed, "unconfirmed@example.com")


class Seen(NamedTuple):
    """What somebody outside sees, and the work behind it."""

    status: int
    body: str
    headers: list[tuple[str, str]]
    hashes: list[str]
    statements: list[str]
    jobs: int


@contextmanager
def statements_of(database: Database) -> Any:
    """Collect the statements that are executed."""
    said: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        said.append(" ".join(statement.split()))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def seen(front: Front, path: str, body: dict[str, str], address: str) -> Seen:
    """Send a request about an address, and return what came of it."""
    database = await front.house.server.container.get(Database)
    count = select(func.count()).select_from(jobs)
    before = (await database.fetch(count, {}))[0][0]
    front.hasher.asked.clear()
    with statements_of(database) as said:
        answer: httpx2.Response = await front.house.stranger().send("POST", path, {**body, "email": address})
        executed = list(said)
    document = {name: value for name, value in (answer.json() if answer.content else {}).items() if name != "instance"}
    headers = [(name, value) for name, value in answer.headers.items() if name not in DIFFERENT_EACH_TIME]
    after = (await database.fetch(count, {}))[0][0]
    shown = str(document).replace(address, "…")
    headers = [(name, "…" if name == "content-length" else value) for name, value in headers]
    return Seen(answer.status_code, shown, headers, list(front.hasher.asked), executed, after - before)


ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "register": ("/identity/users", {"name": "Somebody", "password": PASSWORD}),
    "forgot": ("/identity/password/forgot", {}),
    "resend": ("/identity/users/confirm/resend", {}),
    "sign in": ("/identity/sessions", {"password": "wrong, whoever it is"}),
}


@pytest.mark.parametrize("what", ASKED)
async def test_every_address_gets_the_same_answer_by_the_same_work(front: Front, what: str) -> None:
    """Status, body, headers, password hashes, statements and jobs; whatever differs afterwards, nobody waits for."""
    path, body = ASKED[what]
    await seen(front, path, body, "warm-up@example.com")
    unknown = await seen(front, path, body, "nobody@example.com")
    for address in (front.confirmed, front.unconfirmed):
        known = await seen(front, path, body, address)
        assert known._replace(statements=[]) == unknown._replace(statements=[]), address
        assert sorted(known.statements) == sorted(unknown.statements), address
    assert unknown.hashes == {"register": ["hash"], "sign in": ["verify"]}.get(what, [])


async def test_the_right_password_of_an_unconfirmed_account_looks_like_a_wrong_one(front: Front) -> None:
    """Otherwise whoever registers somebody else's address learns when they confirm it."""
    path, _ = ASKED["sign in"]
    right = await seen(front, path, {"password": PASSWORD}, front.unconfirmed)
    wrong = await seen(front, path, {"password": PASSWORD}, "nobody@example.com")
    assert right._replace(statements=[]) == wrong._replace(statements=[])


async def test_the_wait_of_a_throttled_address_is_the_same_without_an_account(front: Front) -> None:
    """Who guesses at an address learns nothing by being slowed down."""
    path, body = ASKED["sign in"]
    answers = {}
    for address in (front.confirmed, "nobody@example.com"):
        told = [await seen(front, path, body, address) for _ in range(8)]
        answers[address] = [(one.status, one.hashes) for one in told]
    assert answers[front.confirmed] == answers["nobody@example.com"]
    assert 429 in {status for status, _ in answers[front.confirmed]}
