"""What handlers, subscriptions and processes of a service without a container are given."""

from sqlalchemy import select

from colonnade.application.jobs import JobOutcomes, Scheduler
from colonnade.application.messaging import Caller, Context, Lifetime, Query, Subject
from colonnade.application.messaging.pipeline import Receipts
from colonnade.application.operations import OperatorActs
from colonnade.application.processes import ProcessEngine, ProcessRepository
from colonnade.application.subscriptions import SubscriptionCatalogue
from colonnade.core import Clock, SystemClock, UnitOfWork, UserId, new_id
from colonnade.infrastructure.composition import ServiceResolver
from colonnade.infrastructure.database import ConstraintErrors, Database, EventLog, SqlUnitOfWork
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.jobs.tables import jobs

from .bells import TYPES, Bells, Echo, HangBell, Heard, hang


def test_what_every_service_needs_is_there(resolver: ServiceResolver) -> None:
    """Some of it for the process, some for one message; the rest is unknown."""
    for dependency in (Database, EventLog, Clock, JobOutcomes, SubscriptionCatalogue, Heard):
        assert resolver.lifetime(dependency) is Lifetime.APP
    per_message = (
        SqlUnitOfWork,
        UnitOfWork,
        Scheduler,
        Receipts,
        ProcessRepository,
        ProcessEngine,
        OperatorActs,
        Bells,
    )
    for dependency in per_message:
        assert resolver.lifetime(dependency) is Lifetime.REQUEST
    assert resolver.lifetime(Query) is None


async def test_time_is_the_system_s_unless_said(database: Database) -> None:
    """A test moves its own."""
    assert isinstance(await ServiceResolver(database, TYPES, ConstraintErrors(metadata, {})).get(Clock), SystemClock)


async def test_a_message_has_one_of_each(resolver: ServiceResolver, database: Database) -> None:
    """Whatever is asked for twice is the same, and the next message has its own."""
    values = {Subject: HangBell(), Context: Context()}
    async with resolver.scope(values) as scope, resolver.scope(values) as other:
        assert await scope.get(Bells) is await scope.get(Bells)
        assert await scope.get(UnitOfWork) is await scope.get(SqlUnitOfWork)
        assert await scope.get(UnitOfWork) is not await other.get(UnitOfWork)
        assert await scope.get(Database) is await resolver.get(Database) is database


async def test_what_nobody_commits_has_not_happened(resolver: ServiceResolver) -> None:
    """Neither the events nor the jobs."""
    async with resolver.scope({Context: Context()}) as scope:
        await hang(HangBell(), await scope.get(Bells))
        (await scope.get(Scheduler)).send_later(Echo(text="never"))
    log: EventLog = await resolver.get(EventLog)

    assert await log.read() == []
    assert await resolver.database.fetch(select(jobs)) == []


async def test_events_say_who_and_why(resolver: ServiceResolver) -> None:
    """As far as it is known."""
    caller, log = Caller(new_id(UserId)), await resolver.get(EventLog)
    for context in (Context(caller, correlation_id="c-1", causation_id="why"), Context(correlation_id="")):
        async with resolver.scope({Context: context}) as scope:
            await hang(HangBell(), await scope.get(Bells))
            await (await scope.get(UnitOfWork)).commit()

    about = [event.metadata for _, event in await log.read()]
    assert about[0] == {"correlation_id": "c-1", "causation_id": "why", "caller": str(caller.user_id)}
    assert about[-1] == {}
