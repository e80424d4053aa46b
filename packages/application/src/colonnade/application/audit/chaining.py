"""Everything that is recorded becomes an entry of a chain, with the subscription's checkpoint: no gap, none twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from colonnade.application.audit.description import Record, describe
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import DomainEvent, RecordedEvent

AUDIT_CHAIN = "audit.chain"
"""Name of the subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """What an operator can say about the audit.

    Attributes:
        checkpoint_entries: After how many entries of a chain the next checkpoint is signed.
        checkpoint_minutes: How long an entry waits for one at most.
        retention_days: How long entries are kept; for ever if not said.
        purge_limit: How many entries are removed in one transaction, at least up to the next checkpoint.
    """

    checkpoint_entries: int = 100
    checkpoint_minutes: float = 5
    retention_days: float | None = None
    purge_limit: int = 5_000


class AuditChains(Protocol):
    """Writes chains, within the unit of work."""

    async def append(self, records: Sequence[Record]) -> None:
        """Add entries to the chains that they belong to, and sign the checkpoints that are due."""
        ...


def chain_subscription(kinds: Iterable[type[DomainEvent]]) -> Subscriptions:
    """Return the subscription that makes the audit of events of these kinds: of all that there are.

    It has one partition, so that each chain has one writer and nobody waits for a lock.
    """
    subscriptions = Subscriptions()

    @subscriptions.durable(AUDIT_CHAIN, *dict.fromkeys(kinds), batch=True, every_type=True)
    async def chain(events: Sequence[RecordedEvent], chains: AuditChains) -> None:
        await chains.append([describe(recorded) for recorded in events])

    return subscriptions
