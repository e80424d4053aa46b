"""A service put together without a container: what its handlers may ask for, and everything that runs in it."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from colonnade.application.jobs import JobOutcomes, Schedule, Scheduler
from colonnade.application.messaging import Context, Handlers, Lifetime, LocalBus, Message, Resolver
from colonnade.application.messaging.behaviours import Retrying
from colonnade.application.messaging.pipeline import Behaviour, Receipts
from colonnade.application.operations import OperatorActs
from colonnade.application.processes import (
    Process,
    ProcessDefinitions,
    ProcessEngine,
    ProcessRepository,
    process_subscriptions,
)
from colonnade.application.processes import handlers as process_handlers
from colonnade.application.subscriptions import SubscriptionCatalogue, Subscriptions, TransactionReactions
from colonnade.application.subscriptions.compiled import check
from colonnade.core import Clock, EventTypes, SystemClock, UnitOfWork
from colonnade.infrastructure.database import ConstraintErrors, Database, EventLog, SqlUnitOfWork
from colonnade.infrastructure.database.event_log import EventProtector, event_log
from colonnade.infrastructure.database.idempotency import Seal, SqlReceipts
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs import JobReceipts, SqlJobOutcomes, SqlScheduler
from colonnade.infrastructure.jobs.scheduler import about
from colonnade.infrastructure.jobs.tables import job_queues, job_schedules, jobs
from colonnade.infrastructure.operations import SqlOperatorActs
from colonnade.infrastructure.processes import SqlProcessRepository
from colonnade.infrastructure.processes.tables import processes
from colonnade.infrastructure.publishing.tables import parked_messages
from colonnade.infrastructure.subscriptions import Checkpoints, Generations, Reading
from colonnade.infrastructure.subscriptions.tables import (
    parked_events,
    subscription_generations,
    subscription_partitions,
)
from colonnade.infrastructure.workers import WorkerLease
from colonnade.infrastructure.workers.runners import Runners
from colonnade.infrastructure.workers.tables import workers
from colonnade.infrastructure.workers.worker import running_worker

Factory = Callable[[SqlUnitOfWork], object]
"""Makes something for one message: a repository, mostly."""

TABLES = (
    event_log,
    workers,
    subscription_generations,
    subscription_partitions,
    parked_events,
    parked_messages,
    jobs,
    job_queues,
    job_schedules,
    processes,
)
"""The tables that a running service needs beside its own."""

_BEHAVIOURS = (Retrying(),)


class ServiceResolver(Resolver):
    """Gives handlers, subscriptions and processes what they ask for by type.

    What every service needs is there: the database and its event log, the clock, the unit of work, the scheduler, the
    receipts of jobs and how they ended, the engine of processes, and what the handlers of
    `colonnade.infrastructure.operations` ask for, but for a `CursorCodec`, which needs a secret.

    Attributes:
        database: The service's database.
        types: Its events.
        clock: Its clock.
        wakeups: How those who wait for work in this process hear of it.
        subscriptions: Its subscriptions, those of its processes included.
        processes: The definitions of its processes.
    """

    def __init__(
        self,
        database: Database,
        types: EventTypes,
        constraints: ConstraintErrors,
        *,
        clock: Clock | None = None,
        objects: Mapping[Any, object] | None = None,  # by type, protocols included
        factories: Mapping[Any, Factory] | None = None,  # by type, protocols included
        subscriptions: Iterable[Subscriptions] = (),
        processes: Iterable[Process[Any]] = (),  # of any state
        seal: Seal | None = None,
        protector: EventProtector | None = None,
    ) -> None:
        """Say what there is.

        Args:
            database: Where everything is kept.
            types: The events that it reads from the log: its own, and those of `colonnade.application.processes` if it
                has any processes.
            constraints: What violated constraints mean.
            clock: Time; the system's if not said.
            objects: What lives as long as the process.
            factories: What is made for each message.
            subscriptions: The subscriptions of every module, of all kinds.
            processes: The definitions of processes, several versions of one included.
            seal: Encrypts the answers of idempotent commands; without it only the answers of jobs are kept.
            protector: Seals what events say of people, if anything does.
        """
        self.database = database
        self.types = types
        self.clock = clock or SystemClock()
        self.wakeups = Wakeups(database)
        self.processes = tuple(processes)
        collections = (*subscriptions, process_subscriptions(self.processes))
        self.subscriptions = [one for collection in collections for one in collection]
        self._constraints = constraints
        self._seal = seal
        self.protector = protector
        self._definitions = ProcessDefinitions(self.processes)
        self._objects: dict[Any, object] = {
            Database: database,
            EventLog: EventLog(database, types, protector),
            Clock: self.clock,
            Wakeups: self.wakeups,
            JobOutcomes: SqlJobOutcomes(database),
            SubscriptionCatalogue: SubscriptionCatalogue(self.subscriptions),
            Generations: Generations(database, Checkpoints(database, self.clock), self),
            **(objects or {}),
        }
        self._built_in: dict[Any, Callable[[_ServiceScope], object]] = {
            SqlUnitOfWork: lambda scope: scope.unit_of_work,
            UnitOfWork: lambda scope: scope.unit_of_work,
            Scheduler: self._scheduler,
            Receipts: self._receipts,
            ProcessRepository: lambda scope: SqlProcessRepository(scope.unit_of_work),
            ProcessEngine: self._engine,
            OperatorActs: lambda scope: SqlOperatorActs(scope.unit_of_work),
        }
        self._factories = dict(factories or {})

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell how long a dependency lives, or none if it is not known here."""
        if dependency in self._factories or dependency in self._built_in:
            return Lifetime.REQUEST
        return Lifetime.APP if dependency in self._objects else None

    async def get(self, dependency: type[Any], /) -> Any:
        """Return what lives as long as the process."""
        return self._objects[dependency]

    @asynccontextmanager
    async def scope(self, values: Mapping[Any, object], /) -> AsyncIterator["_ServiceScope"]:
        """Open the transaction of one message or event; what nobody commits is rolled back."""
        context = values[Context]
        if not isinstance(context, Context):
            raise TypeError("a scope needs the context of its message")
        unit_of_work = SqlUnitOfWork(
            self.database,
            clock=self.clock,
            constraints=self._constraints,
            metadata={name: value for name, value in _metadata(context).items() if value},
            listeners=(self.wakeups,),
            announced=(),
            protector=self.protector,
        )
        try:
            yield _ServiceScope(self._make, unit_of_work, context)
        finally:
            await unit_of_work.rollback()

    def _make(self, dependency: Any, scope: "_ServiceScope") -> object:  # a type, protocols included
        if dependency in self._factories:
            return self._factories[dependency](scope.unit_of_work)
        built_in = self._built_in.get(dependency)
        return self._objects[dependency] if built_in is None else built_in(scope)

    def _scheduler(self, scope: "_ServiceScope") -> Scheduler:
        return SqlScheduler(scope.unit_of_work, scope.context, self.clock, self.database, self.wakeups)

    def _receipts(self, scope: "_ServiceScope") -> Receipts:
        of_jobs = JobReceipts(scope.unit_of_work, self.clock, self.database, self.wakeups)
        return of_jobs if self._seal is None else SqlReceipts(scope.unit_of_work, self._seal, of_jobs)

    def _engine(self, scope: "_ServiceScope") -> ProcessEngine:
        return ProcessEngine(self._definitions, scope.once(ProcessRepository), scope.once(Scheduler), self.clock)


def _metadata(context: Context) -> dict[str, str]:
    """Return what is kept with every event: of whom, because of what, and who sat at the machine itself."""
    return {**about(context), "console": context.console or ""}


class _ServiceScope:
    """What is made for one message, each once."""

    def __init__(
        self, make: Callable[[Any, "_ServiceScope"], object], unit_of_work: SqlUnitOfWork, context: Context
    ) -> None:
        self.unit_of_work = unit_of_work
        self.context = context
        self._make = make  # takes a type, protocols included
        self._made: dict[Any, Any] = {}  # by type, of that type

    async def get(self, dependency: type[Any], /) -> Any:
        """Return the dependency, made once for this scope."""
        return self.once(dependency)

    def once(self, dependency: Any) -> Any:  # a type, and an object of it
        """Return the dependency, made once for this scope."""
        if dependency not in self._made:
            self._made[dependency] = self._make(dependency, self)
        return self._made[dependency]


@asynccontextmanager
async def running_service(
    resolver: ServiceResolver,
    *,
    handlers: Iterable[Handlers],
    schedules: Iterable[Schedule] = (),
    behaviours: Sequence[Behaviour] = _BEHAVIOURS,
    messages: Iterable[type[Message[Any]]] = (),
    lease_seconds: float = 6.0,
    poll_seconds: float = 1.0,
) -> AsyncIterator[LocalBus]:
    """Answer messages, and do what follows from them, while the context is open.

    Several processes may run the same service on one database: they share the work, and what one of them leaves behind
    when it dies the others take over. Subscriptions hear of the first message already.

    Args:
        resolver: What there is.
        handlers: The handlers of every module; those of processes are there.
        schedules: What is sent again and again.
        behaviours: What happens around each message, outermost first; a command that lost a race is repeated if not
            said.
        messages: Messages that must have a handler, such as those of a contract.
        lease_seconds: How long a process may be silent before the others take over its work.
        poll_seconds: How often to look for work that nobody told of.

    Raises:
        RegistrationError: Something is asked for that nothing provides, or a message has no handler; all is listed.
        Invalid: A schedule has no turns.
        Unavailable: The database does not answer.
    """
    database, clock, wakeups = resolver.database, resolver.clock, resolver.wakeups
    subscriptions = check(resolver.subscriptions, resolver)
    reactions = TransactionReactions(subscriptions) or None
    bus = await LocalBus.start(
        handlers=[*handlers, process_handlers],
        resolver=resolver,
        behaviours=behaviours,
        messages=messages,
        reactions=reactions,
    )
    lease = WorkerLease(database, clock, lease_seconds=lease_seconds)
    reading = Reading(database, resolver, resolver.types, clock, reactions, poll_seconds, resolver.protector)
    runners = Runners.of(bus, reading, subscriptions, schedules, wakeups, lease)
    await Checkpoints(database, clock).register_all(subscriptions)
    notifications = StreamNotifications(database, (), wakeups)
    await notifications.start()
    try:
        async with running_worker(lease, runners):
            await runners.live.listening.wait()
            yield bus
    finally:
        await notifications.close()
        await wakeups.close()
