"""All that a worker process of a service does: subscriptions, jobs, schedules."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from colonnade.application.jobs import Schedule
from colonnade.application.messaging import LocalBus
from colonnade.application.subscriptions import Subscription
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs import JobRunner
from colonnade.infrastructure.jobs.schedules import ScheduleRunner
from colonnade.infrastructure.subscriptions import LiveRunner, Reading, SubscriptionRunner
from colonnade.infrastructure.workers.registry import WorkerLease


class WorkSettings(NamedTuple):
    """How much a worker process does at a time.

    Attributes:
        page: How many events are read at a time.
        jobs_at_a_time: How many jobs run at a time.
        grace_seconds: How long running jobs may take to finish when the process stops.
    """

    page: int = 500
    jobs_at_a_time: int = 10
    grace_seconds: float = 20.0


class Runners(NamedTuple):
    """What runs in a worker process, all of it for `running_worker`.

    Attributes:
        subscribed: Reads for durable subscriptions.
        live: Reads for live ones.
        jobs: Runs jobs.
        schedules: Sends what is due by the clock.
    """

    subscribed: SubscriptionRunner
    live: LiveRunner
    jobs: JobRunner
    schedules: ScheduleRunner

    @classmethod
    def of(
        cls,
        bus: LocalBus,
        reading: Reading,
        subscriptions: Sequence[Subscription],
        schedules: Iterable[Schedule],
        wakeups: Wakeups,
        lease: WorkerLease,
        settings: WorkSettings = WorkSettings(),  # noqa: B008 - it never changes
    ) -> "Runners":
        """Return the runners of a service.

        Args:
            bus: Answers the messages of jobs.
            reading: What events are read with; its clock, its database and how often it looks hold for all of them.
            subscriptions: The subscriptions of all kinds.
            schedules: What is sent again and again.
            wakeups: Tells of work.
            lease: The process among the workers.
            settings: How much it does at a time.

        Raises:
            RegistrationError: A subscription cannot be called.
            Invalid: A schedule has no turns.
        """
        database, clock, poll_seconds = reading.database, reading.clock, reading.poll_seconds
        return cls(
            subscribed=SubscriptionRunner(reading, subscriptions, wakeups, lease, page=settings.page),
            live=LiveRunner(reading, subscriptions, wakeups),
            jobs=JobRunner(
                database,
                bus,
                bus.kinds(),
                clock,
                wakeups,
                lease,
                concurrency=settings.jobs_at_a_time,
                poll_seconds=poll_seconds,
                grace_seconds=settings.grace_seconds,
            ),
            schedules=ScheduleRunner(database, schedules, clock, wakeups, poll_seconds=poll_seconds),
        )
