"""Subscriptions in the transaction, with a database: they commit with the command, or neither does."""

import pytest
from sqlalchemy import text

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import PUBLIC, Command, Handlers, LocalBus
from colonnade.application.subscriptions import EndlessReaction, Subscriptions, TransactionReactions
from colonnade.core import Conflict, Email, PersonName, RecordedEvent, UserId, new_id
from colonnade.domain.identity import EmailTaken, User, UserRegistered
from colonnade.infrastructure.database import SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.identity.repository import USERS

from .lab import Lab
from .processes import Process
from .words import Act, Broken, Effects, Noted


class Register(Command[None], name="lab.register", requires=PUBLIC):
    """Register somebody."""

    email: Email


def user(email: Email, lab: Lab) -> User:
    """Return a new account."""
    return User.register(new_id(UserId), email=email, name=PersonName("Ada"), password_hash="x", at=lab.clock.now())


async def bus_of(lab: Lab, subscriptions: Subscriptions, process: Process) -> LocalBus:
    """Return a bus on which people can be registered."""
    handlers = Handlers()

    @handlers.handles(Register)
    async def register(command: Register, work: SqlUnitOfWork) -> None:
        await SqlRepository[User, UserId](work, USERS).add(user(command.email, lab))

    return await LocalBus.start(
        handlers=[handlers], resolver=process.resolver, reactions=TransactionReactions(list(subscriptions))
    )


async def counts(lab: Lab) -> tuple[int, int, int]:
    """Return how many accounts, events and jobs there are."""
    tables = ("users", "event_log", "jobs")
    rows = [await lab.database.fetch(text(f"SELECT count(*) FROM {table}")) for table in tables]
    return rows[0][0][0], rows[1][0][0], rows[2][0][0]


def second_account(subscriptions: Subscriptions, lab: Lab) -> None:
    """Let everybody whose address begins with `first` have a second account, and a job."""

    @subscriptions.in_transaction("lab.second", UserRegistered)
    async def register(event: UserRegistered, work: SqlUnitOfWork, scheduler: Scheduler) -> None:
        if str(event.email).startswith("first"):
            await SqlRepository[User, UserId](work, USERS).add(user(Email("second@example.com"), lab))
            scheduler.send_later(Act(text="welcome"))


async def test_what_it_does_is_committed_with_the_command(lab: Lab, subscriptions: Subscriptions) -> None:
    """Aggregates, their events and jobs, all in one transaction."""
    second_account(subscriptions, lab)
    process = lab.process([])
    bus = await bus_of(lab, subscriptions, process)
    await bus.send(Register(email=Email("first@example.com")))
    assert await counts(lab) == (2, 2, 1)
    rows = await lab.database.fetch(text("SELECT count(DISTINCT transaction_id) FROM event_log"))
    assert rows[0][0] == 1
    assert await lab.jobs() == ["welcome"]


async def test_its_failure_takes_the_command_with_it(lab: Lab, subscriptions: Subscriptions) -> None:
    """Nothing is left of either, whether it raises or breaks a rule of the database."""
    second_account(subscriptions, lab)

    @subscriptions.in_transaction("lab.refusing", UserRegistered)
    async def refuse(event: UserRegistered) -> None:
        if str(event.email) == "third@example.com":
            raise Conflict("no third account")

    bus = await bus_of(lab, subscriptions, lab.process([]))
    with pytest.raises(Conflict, match="no third"):
        await bus.send(Register(email=Email("third@example.com")))
    assert await counts(lab) == (0, 0, 0)
    await bus.send(Register(email=Email("second@example.com")))
    with pytest.raises(EmailTaken):
        await bus.send(Register(email=Email("first@example.com")))
    assert await counts(lab) == (1, 1, 0)


async def test_an_endless_loop_leaves_nothing(lab: Lab, subscriptions: Subscriptions) -> None:
    """It is refused before anything is written."""

    @subscriptions.in_transaction("lab.endless", UserRegistered)
    async def again(event: UserRegistered, work: SqlUnitOfWork) -> None:
        await SqlRepository[User, UserId](work, USERS).add(user(Email(f"{new_id(UserId)}@example.com"), lab))

    bus = await bus_of(lab, subscriptions, lab.process([]))
    with pytest.raises(EndlessReaction):
        await bus.send(Register(email=Email("first@example.com")))
    assert await counts(lab) == (0, 0, 0)


async def test_what_a_durable_subscription_records_is_heard_in_its_transaction(
    lab: Lab, subscriptions: Subscriptions
) -> None:
    """Effect, checkpoint and reaction are one; if the reaction fails, the event of the subscription is set aside."""
    second_account(subscriptions, lab)

    @subscriptions.in_transaction("lab.refusing", UserRegistered)
    async def refuse(event: UserRegistered) -> None:
        if str(event.email) == "never@example.com":
            raise Broken("never")

    @subscriptions.durable("lab.registering", Noted)
    async def register(event: Noted, recorded: RecordedEvent, work: SqlUnitOfWork, effects: Effects) -> None:
        await SqlRepository[User, UserId](work, USERS).add(user(Email(event.text), lab))
        effects.leave(recorded)

    await lab.run(subscriptions, reactions=TransactionReactions(list(subscriptions)))
    await lab.note("a-1", "never@example.com")
    (row,) = await lab.until_parked("dead")
    assert row.error_code == "lab.broken"
    await lab.note("b-1", "first@example.com")
    await lab.until_there_are(1)
    assert await counts(lab) == (2, 4, 1)
