"""Fakes of the ports: in memory, instant, and held to the same contract suites as the real adapters."""

from colonnade.testing.fakes.event_log import MemoryEventLog
from colonnade.testing.fakes.idempotency import MemoryIdempotencyStore, MemoryReceipts
from colonnade.testing.fakes.messaging import AllowEverything, RecordingListener, RecordingObserver
from colonnade.testing.fakes.repository import MemoryRepository
from colonnade.testing.fakes.scheduler import MemoryScheduler
from colonnade.testing.fakes.store import MemoryStore, SentLater, UniqueRule
from colonnade.testing.fakes.unit_of_work import MemoryUnitOfWork

__all__ = [
    "AllowEverything",
    "MemoryEventLog",
    "MemoryIdempotencyStore",
    "MemoryReceipts",
    "MemoryRepository",
    "MemoryScheduler",
    "MemoryStore",
    "MemoryUnitOfWork",
    "RecordingListener",
    "RecordingObserver",
    "SentLater",
    "UniqueRule",
]
