"""Verifying the chains in the database, beside those who write them, in constant memory."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from datetime import timedelta

from sqlalchemy import bindparam, func, select, union

from colonnade.application.audit.chaining import AuditSettings
from colonnade.core import Clock
from colonnade.infrastructure.audit.reading import PAGE, beginning_of, checkpoints_of, entries_of
from colonnade.infrastructure.audit.tables import chains, checkpoints, entries
from colonnade.infrastructure.database import Database
from colonnade.security.audit import (
    Checkpoint,
    CheckpointKind,
    Entry,
    Fault,
    Head,
    PublicKeys,
    Verification,
    verify,
)

_SLACK_MINUTES = 15

Progress = Callable[[str, int], None]
"""Hears how far a chain is verified: its name and a sequence."""

_NAMES = union(select(chains.c.chain), select(entries.c.chain).distinct(), select(checkpoints.c.chain).distinct())
_HEAD = select(chains).where(chains.c.chain == bindparam("chain"))
_LAST_NUMBER = select(func.coalesce(func.max(checkpoints.c.number), 0)).where(
    checkpoints.c.chain == bindparam("chain"), checkpoints.c.kind == CheckpointKind.REACHED.value
)
_LAST_SEQUENCE = select(func.coalesce(func.max(entries.c.sequence), 0)).where(entries.c.chain == bindparam("chain"))


class AuditVerifier:
    """Finds whatever was done to the chains by anybody but their writer."""

    def __init__(self, database: Database, keys: PublicKeys, settings: AuditSettings, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._settings = settings
        self._clock = clock

    async def names(self) -> list[str]:
        """Return the names of all chains that have left any trace."""
        return sorted(row[0] for row in await self._database.fetch(_NAMES))

    async def faults(
        self,
        names: Collection[str] | None = None,
        *,
        anchors: Iterable[Checkpoint] = (),
        progress: Progress | None = None,
    ) -> AsyncIterator[Fault]:
        """Yield everything that is wrong.

        Args:
            names: Which chains; all if not said, those of the anchors included.
            anchors: Copies of checkpoints that were kept elsewhere.
            progress: Hears how far it is.
        """
        kept = list(anchors)
        wanted = names if names is not None else sorted({*await self.names(), *(anchor.chain for anchor in kept)})
        for name in wanted:
            async for fault in self._faults(name, [each for each in kept if each.chain == name], progress):
                yield fault

    async def _faults(
        self, chain: str, anchors: Sequence[Checkpoint], progress: Progress | None
    ) -> AsyncIterator[Fault]:
        """Walk along a chain; if its beginning was removed meanwhile, what looks wrong is looked at once more."""
        fetch, is_certain = self._database.fetch, False
        while True:
            beginning = await beginning_of(fetch, chain)
            async for fault in self._walk(chain, beginning, anchors, progress):
                is_certain = is_certain or await beginning_of(fetch, chain) == beginning
                if not is_certain:
                    break
                yield fault
            else:
                return

    async def _walk(
        self, chain: str, beginning: Checkpoint | None, anchors: Sequence[Checkpoint], progress: Progress | None
    ) -> AsyncIterator[Fault]:
        """Read the writer's memory first, then the last checkpoint, then the entries, all of which only grow."""
        fetch, where = self._database.fetch, {"chain": chain}
        rows = await fetch(_HEAD, where)
        head = Head(rows[0].sequence, bytes(rows[0].hash), rows[0].checkpoint_number) if rows else None
        last_number = (await fetch(_LAST_NUMBER, where))[0][0]
        last_sequence = (await fetch(_LAST_SEQUENCE, where))[0][0]
        minutes = 2 * self._settings.checkpoint_minutes + _SLACK_MINUTES
        walk = Verification(
            chain,
            self._keys,
            beginning=beginning,
            head=head,
            unsigned_before=self._clock.now() - timedelta(minutes=minutes),
        )
        found = _told(entries_of(fetch, chain, upto=last_sequence), progress)
        async for fault in verify(walk, found, checkpoints_of(fetch, chain, upto=last_number), anchors):
            yield fault


async def _told(entries: AsyncIterator[Entry], progress: Progress | None) -> AsyncIterator[Entry]:
    """Pass entries on, and tell from time to time how far they are."""
    async for entry in entries:
        if progress is not None and entry.sequence % PAGE == 0:
            progress(entry.chain, entry.sequence)
        yield entry
