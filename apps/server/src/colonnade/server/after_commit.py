"""What runs after commits: wake-ups, jobs, subscriptions and processes, as the container makes them."""

from dishka import Provider, Scope, provide

from colonnade.application.jobs import JobOutcomes, Scheduler
from colonnade.application.messaging import Context, Resolver
from colonnade.application.operations import OperatorActs
from colonnade.application.processes import ProcessDefinitions, ProcessEngine, ProcessRepository
from colonnade.application.subscriptions import SubscriptionCatalogue
from colonnade.core import Clock
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs import JobReceipts, SqlJobOutcomes, SqlScheduler
from colonnade.infrastructure.operations import SqlOperatorActs
from colonnade.infrastructure.processes import SqlProcessRepository
from colonnade.infrastructure.subscriptions import Checkpoints, Generations
from colonnade.infrastructure.workers import WorkerLease
from colonnade.server.product import PROCESSES, SUBSCRIPTIONS
from colonnade.server.settings import Settings


class AfterCommit(Provider):
    """What lives as long as the process."""

    scope = Scope.APP
    wakeups = provide(Wakeups)
    checkpoints = provide(Checkpoints)
    outcomes = provide(SqlJobOutcomes, provides=JobOutcomes)

    @provide
    def lease(self, database: Database, clock: Clock, settings: Settings) -> WorkerLease:
        """This process among the workers."""
        return WorkerLease(database, clock, lease_seconds=settings.worker.lease_seconds)

    @provide
    def subscriptions(self) -> SubscriptionCatalogue:
        """Every subscription of the product."""
        return SUBSCRIPTIONS

    @provide
    def definitions(self) -> ProcessDefinitions:
        """Every process of the product."""
        return ProcessDefinitions(PROCESSES)

    @provide
    def generations(self, database: Database, checkpoints: Checkpoints, resolver: Resolver) -> Generations:
        """The editions of projections."""
        return Generations(database, checkpoints, resolver)


class AfterCommitInScope(Provider):
    """What lives as long as one message or event."""

    scope = Scope.REQUEST
    acts = provide(SqlOperatorActs, provides=OperatorActs)
    processes = provide(SqlProcessRepository, provides=ProcessRepository)
    engine = provide(ProcessEngine)
    job_receipts = provide(JobReceipts)

    @provide
    def scheduler(
        self, unit_of_work: SqlUnitOfWork, context: Context, clock: Clock, database: Database, wakeups: Wakeups
    ) -> Scheduler:
        """Puts jobs into the table, with what the unit of work changes."""
        return SqlScheduler(unit_of_work, context, clock, database, wakeups)
