"""What the clock does for the audit: sign what has waited for a checkpoint, and remove what is old enough."""

from datetime import datetime, timedelta
from typing import Protocol

from colonnade.application.audit.chaining import AuditSettings
from colonnade.application.jobs import Scheduler, Schedules
from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.core import Clock

handlers = Handlers()
schedules = Schedules()


class SignAudit(Command[int], name="audit.sign", requires=INTERNAL):
    """Sign the ends of chains that have been quiet since their last entries; answers how many."""


class PruneAudit(Command[int], name="audit.prune", requires=INTERNAL):
    """Remove the entries that are older than they are kept; answers how many."""


schedules.cron("audit.sign", "*/5 * * * *", SignAudit)
schedules.cron("audit.prune", "41 3 * * *", PruneAudit)


class AuditUpkeep(Protocol):
    """Looks after the chains, within the unit of work."""

    async def sign_due(self) -> int:
        """Sign the chains whose entries have waited long enough, and return how many there were."""
        ...

    async def prune(self, before: datetime, limit: int) -> int:
        """Remove entries up to checkpoints that were signed before a moment, if they are what was written.

        Args:
            before: Whose signature is older goes, with all that is below it.
            limit: About how many entries at most.

        Returns:
            How many were removed.
        """
        ...


@handlers.handles(SignAudit)
async def sign_audit(command: SignAudit, upkeep: AuditUpkeep) -> int:
    """Sign them."""
    return await upkeep.sign_due()


@handlers.handles(PruneAudit)
async def prune_audit(
    command: PruneAudit, upkeep: AuditUpkeep, settings: AuditSettings, scheduler: Scheduler, clock: Clock
) -> int:
    """Remove some, and the rest in transactions of their own."""
    if settings.retention_days is None:
        return 0
    removed = await upkeep.prune(clock.now() - timedelta(days=settings.retention_days), settings.purge_limit)
    if removed >= settings.purge_limit:
        scheduler.send_later(PruneAudit())
    return removed
