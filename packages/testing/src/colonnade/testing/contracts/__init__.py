"""Contract suites: subclass one, say with fixtures what it is about, run it against every adapter and every fake."""

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "contracts", "pytest", "hypothesis")

from colonnade.testing.contracts.broker_subject import BrokerSubject, Deliveries, MemoryInbox, MemoryParking
from colonnade.testing.contracts.brokers import BrokerSuite
from colonnade.testing.contracts.event_log import EventLogSuite
from colonnade.testing.contracts.idempotency import IdempotencyStoreSuite, IdempotencySubject
from colonnade.testing.contracts.repository import RepositorySuite
from colonnade.testing.contracts.scheduler import Remind, SchedulerSubject, SchedulerSuite
from colonnade.testing.contracts.specifications import Level, Sample, SampleStore, SpecificationSuite
from colonnade.testing.contracts.subject import PersistenceSubject
from colonnade.testing.contracts.unit_of_work import UnitOfWorkSuite

__all__ = [
    "BrokerSubject",
    "BrokerSuite",
    "Deliveries",
    "EventLogSuite",
    "IdempotencyStoreSuite",
    "IdempotencySubject",
    "Level",
    "MemoryInbox",
    "MemoryParking",
    "PersistenceSubject",
    "Remind",
    "RepositorySuite",
    "Sample",
    "SampleStore",
    "SchedulerSubject",
    "SchedulerSuite",
    "SpecificationSuite",
    "UnitOfWorkSuite",
]
