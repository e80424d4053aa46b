"""Contract suites: subclass one, say with fixtures what it is about, run it against every adapter and every fake."""

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "contracts", "pytest", "hypothesis")

from colonnade.testing.contracts.event_log import EventLogSuite
from colonnade.testing.contracts.idempotency import IdempotencyStoreSuite, IdempotencySubject
from colonnade.testing.contracts.repository import RepositorySuite
from colonnade.testing.contracts.specifications import Level, Sample, SampleStore, SpecificationSuite
from colonnade.testing.contracts.subject import PersistenceSubject
from colonnade.testing.contracts.unit_of_work import UnitOfWorkSuite

__all__ = [
    "EventLogSuite",
    "IdempotencyStoreSuite",
    "IdempotencySubject",
    "Level",
    "PersistenceSubject",
    "RepositorySuite",
    "Sample",
    "SampleStore",
    "SpecificationSuite",
    "UnitOfWorkSuite",
]
