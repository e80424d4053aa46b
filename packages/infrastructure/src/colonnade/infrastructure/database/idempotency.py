"""Idempotency keys in the database: claimed before the work, answered in the same transaction as the work."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import Column, LargeBinary, Table, Text, and_, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.application.messaging import Context
from colonnade.application.messaging.behaviours import KeyInUse, KeyMismatch
from colonnade.application.messaging.pipeline import Receipts
from colonnade.core import Clock
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.database.unit_of_work import SqlUnitOfWork

Seal = Callable[[bytes, bytes], bytes]
"""Encrypts or decrypts an answer, bound to the place where it is kept: `seal(answer, place)`."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("place", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("answer", LargeBinary),
    Column("claimed_until", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
)

_table = idempotency_keys.c
_SELECT = select(_table.fingerprint, _table.answer, _table.claimed_until).where(_table.place == bindparam("of_place"))
_RELEASE = delete(idempotency_keys).where(_table.place == bindparam("of_place"), _table.answer.is_(None))
_KEEP = (
    update(idempotency_keys)
    .where(_table.place == bindparam("of_place"), _table.answer.is_(None))
    .values(answer=bindparam("new_answer", type_=LargeBinary))
)
_EXPIRE = delete(idempotency_keys).where(_table.created_at < bindparam("before", type_=UtcDateTime))


class SqlIdempotencyStore:
    """Remembers keys for each caller; a claim that a dead process left behind lapses."""

    def __init__(
        self, database: Database, clock: Clock, *, secret: bytes, unseal: Seal, claim_seconds: int = 60
    ) -> None:
        """Use a database.

        Args:
            database: Where the keys are.
            clock: When claims lapse.
            secret: Keys the fingerprints, which are made of content that may be secret.
            unseal: Decrypts answers.
            claim_seconds: How long a command may run before its key can be claimed again.
        """
        self._database = database
        self._clock = clock
        self._secret = secret
        self._unseal = unseal
        self._claim_seconds = claim_seconds
        kind = postgresql if database.is_postgresql else sqlite
        fresh = kind.insert(idempotency_keys)
        self._claim = fresh.on_conflict_do_update(
            index_elements=["place"],
            set_={"fingerprint": fresh.excluded.fingerprint, "claimed_until": fresh.excluded.claimed_until},
            where=and_(_table.answer.is_(None), _table.claimed_until < bindparam("now", type_=UtcDateTime)),
        ).returning(_table.place)

    async def claim(self, context: Context, command: bytes) -> bytes | None:
        """Take the context's key, or return the answer that was given before.

        Raises:
            KeyInUse: The first command with this key still runs.
            KeyMismatch: The key was used for another command.
        """
        now, place = self._clock.now(), place_of(context)
        fingerprint = blake2b(command, key=self._secret[:64], digest_size=32).digest()
        row = {
            "place": place,
            "fingerprint": fingerprint,
            "answer": None,
            "claimed_until": now + timedelta(seconds=self._claim_seconds),
            "created_at": now,
        }
        if await self._database.write(self._claim, {**row, "now": now}):
            return None
        known = await self._database.fetch(_SELECT, {"of_place": place})
        if not known:
            return await self.claim(context, command)
        if not hmac.compare_digest(bytes(known[0].fingerprint), fingerprint):
            raise KeyMismatch("this idempotency key was used for another request: use a new one")
        if known[0].answer is None:
            raise KeyInUse("the first request with this idempotency key still runs: wait for it")
        return self._unseal(bytes(known[0].answer), place.encode())

    async def release(self, context: Context) -> None:
        """Give the key of a command that changed nothing free again."""
        await self._database.write(_RELEASE, {"of_place": place_of(context)})

    async def expire(self, before: datetime) -> None:
        """Forget the keys that were claimed before a moment."""
        await self._database.write(_EXPIRE, {"before": before})


class SqlReceipts:
    """Keeps answers in the unit of work of the command."""

    def __init__(self, unit_of_work: SqlUnitOfWork, seal: Seal, jobs: Receipts | None = None) -> None:
        """Use a unit of work.

        Args:
            unit_of_work: Of the command.
            seal: Encrypts answers.
            jobs: Ends the job that a command is, if there are jobs.
        """
        self._unit_of_work = unit_of_work
        self._seal = seal
        self._jobs = jobs

    async def keep(self, context: Context, answer: bytes) -> None:
        """Remember the answer to the command with the context's key, or that is its job."""
        if self._jobs is not None and context.delivery is not None:
            await self._jobs.keep(context, answer)
        if context.idempotency_key is None:
            return
        place = place_of(context)
        kept = {"of_place": place, "new_answer": self._seal(answer, place.encode())}
        self._unit_of_work.at_commit(_KEEP, kept, rows=1)


def place_of(context: Context) -> str:
    """Return where a context's key is kept: keys of different callers have nothing to do with each other."""
    owner = context.caller.user_id if context.caller else "nobody"
    return f"{owner}/{context.idempotency_key}"
