"""Idempotency keys in memory."""

from datetime import timedelta

from colonnade.application.messaging import Context
from colonnade.application.messaging.behaviours import KeyInUse, KeyMismatch
from colonnade.core import Clock
from colonnade.testing.fakes.store import Claim, MemoryStore
from colonnade.testing.fakes.unit_of_work import MemoryUnitOfWork


class MemoryIdempotencyStore:
    """Remembers keys for each caller; a claim that was never answered lapses."""

    def __init__(self, store: MemoryStore, clock: Clock, *, claim_seconds: int = 60) -> None:
        self._claims = store.claims
        self._clock = clock
        self._claim_seconds = claim_seconds

    async def claim(self, context: Context, command: bytes) -> bytes | None:
        """Take the context's key, or return the answer that was given before.

        Raises:
            KeyInUse: The first command with this key still runs.
            KeyMismatch: The key was used for another command.
        """
        place, now = _place(context), self._clock.now()
        known = self._claims.get(place)
        if known is None or (known.answer is None and known.until < now):
            self._claims[place] = Claim(command, now + timedelta(seconds=self._claim_seconds))
            return None
        if known.command != command:
            raise KeyMismatch("this idempotency key was used for another request: use a new one")
        if known.answer is None:
            raise KeyInUse("the first request with this idempotency key still runs: wait for it")
        return known.answer

    async def release(self, context: Context) -> None:
        """Give the key of a command that changed nothing free again."""
        known = self._claims.get(_place(context))
        if known is not None and known.answer is None:
            del self._claims[_place(context)]


class MemoryReceipts:
    """Keeps answers in the unit of work of the command."""

    def __init__(self, unit_of_work: MemoryUnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def keep(self, context: Context, answer: bytes) -> None:
        """Remember the answer to the command with the context's key."""

        def answered() -> None:
            claim = self._unit_of_work.store.claims.get(_place(context))
            if claim is not None:
                claim.answer = answer

        self._unit_of_work.at_commit(answered)


def _place(context: Context) -> str:
    owner = context.caller.user_id if context.caller else "nobody"
    return f"{owner}/{context.idempotency_key}"
