"""Subscriptions hear of news at once; where nobody can tell them they look by themselves."""

import pytest
from sqlalchemy import text

from colonnade.application.subscriptions import Subscriptions
from colonnade.core import Email, PersonName, RecordedEvent, Unavailable, UserId, new_id
from colonnade.domain.identity import User, UserRegistered
from colonnade.infrastructure.database import SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.identity.repository import USERS
from colonnade.infrastructure.work import CONSTRAINTS, EVENT_TYPES

from ..waiting import eventually
from .lab import Lab
from .words import Effects, Noted

NEVER = 3600.0


@pytest.fixture
def noted(subscriptions: Subscriptions) -> None:
    """A subscription that leaves an effect for each event."""

    @subscriptions.durable("lab.noted", Noted, partitions=2)
    async def leave(event: Noted, recorded: RecordedEvent, effects: Effects) -> None:
        effects.leave(recorded)


@pytest.mark.usefixtures("noted")
async def test_without_news_it_looks_by_itself(lab: Lab, subscriptions: Subscriptions) -> None:
    """Whoever wrote the event may have died before they could tell."""
    await lab.run(subscriptions, poll_seconds=0.02)
    await lab.append_quietly([lab.event("a-1", Noted(text="one"))])
    await lab.until_there_are(1)


async def test_a_commit_of_its_own_process_wakes_it(lab: Lab, subscriptions: Subscriptions) -> None:
    """Without polling and, on SQLite, without any notification."""
    heard = list[str]()

    @subscriptions.durable("lab.registered", UserRegistered)
    async def hear(event: UserRegistered) -> None:
        heard.append(str(event.email))

    process = await lab.run(subscriptions, poll_seconds=NEVER, types=EVENT_TYPES)
    for number in range(3):
        work = SqlUnitOfWork(
            process.database, clock=lab.clock, constraints=CONSTRAINTS, listeners=(process.wakeups,), announced=()
        )
        email, name = Email(f"{number}@example.com"), PersonName("Ada")
        user = User.register(new_id(UserId), email=email, name=name, password_hash="x", at=lab.clock.now())
        await SqlRepository[User, UserId](work, USERS).add(user)
        await work.commit()
        await eventually(lambda: len(heard) > number)  # noqa: B023 - awaited within the turn
    assert heard == ["0@example.com", "1@example.com", "2@example.com"]


@pytest.mark.integration
@pytest.mark.usefixtures("noted")
async def test_news_of_another_process_wakes_it(postgres_lab: Lab, subscriptions: Subscriptions) -> None:
    """By a notification of PostgreSQL."""
    lab = postgres_lab
    reading = await lab.run(subscriptions, poll_seconds=NEVER)
    await reading.news.listening()
    writing = lab.process([])
    for number in range(1, 4):
        await lab.append_quietly([lab.event(f"s-{number}", Noted(text="one"))])
        writing.wakeups.committed([Noted(text="one")])
        await lab.until_there_are(number)


@pytest.mark.integration
@pytest.mark.usefixtures("noted")
async def test_connections_that_the_server_ends_cost_nothing(postgres_lab: Lab, subscriptions: Subscriptions) -> None:
    """Again and again in the middle of the work: every event has its effect once, each stream in order."""
    lab, count = postgres_lab, 0
    await lab.run(subscriptions, page=5)
    for _ in range(5):
        for stream in ("a-1", "b-1", "c-1"):
            await lab.note(stream, "x", "y")
            count += 2
        await _end_all_connections(lab)
    found = await lab.until_there_are(count)
    for stream in ("a-1", "b-1", "c-1"):
        assert [effect.version for effect in found if effect.stream == stream] == list(range(1, count // 3 + 1))


async def _end_all_connections(lab: Lab) -> None:
    statement = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await lab.database.fetch(text(statement))

    async def answers() -> bool:
        try:
            await lab.database.ping()
        except Unavailable:
            return False
        return True

    await eventually(answers)
