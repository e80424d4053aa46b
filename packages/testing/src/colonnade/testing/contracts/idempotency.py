"""The suite that every idempotency store passes."""
# ruff: noqa: S101 - suites assert

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable

import pytest

from colonnade.application.messaging import Caller, Context
from colonnade.application.messaging.behaviours import IdempotencyStore, KeyInUse, KeyMismatch
from colonnade.core import UserId, new_id
from colonnade.testing.clock import FrozenClock


class IdempotencySubject(ABC):
    """A store of idempotency keys, the receipts that fill it, and their clock.

    Attributes:
        store: What the suite runs against.
        clock: When claims lapse.
        claim_seconds: How long a claim holds.
    """

    store: IdempotencyStore
    clock: FrozenClock
    claim_seconds: int = 60

    @abstractmethod
    async def answer(self, context: Context, answer: bytes, *, commit: bool = True) -> None:
        """Keep an answer in a unit of work, and commit it or roll it back."""


class IdempotencyStoreSuite:
    """Subclass it as `Test…` and give it a fixture `subject`."""

    @pytest.fixture
    def subject(self) -> IdempotencySubject:
        """Say what the suite runs against."""
        raise NotImplementedError("override the fixture 'subject'")

    @pytest.fixture
    def context(self) -> Context:
        """Somebody sends a command with a key."""
        return Context(caller=Caller(new_id(UserId)), idempotency_key="key-1")

    async def test_a_new_key_is_claimed(self, subject: IdempotencySubject, context: Context) -> None:
        """The first command with a key runs."""
        assert await subject.store.claim(context, b"command") is None

    async def test_a_repetition_gets_the_first_answer(self, subject: IdempotencySubject, context: Context) -> None:
        """Once answered, the key gives that answer, byte for byte, as often as asked."""
        answer = b'{"title": "na\xc3\xafve"}'
        await subject.store.claim(context, b"command")
        await subject.answer(context, answer)
        assert await subject.store.claim(context, b"command") == answer
        assert await subject.store.claim(context, b"command") == answer

    async def test_an_empty_answer_is_an_answer(self, subject: IdempotencySubject, context: Context) -> None:
        """A command without a result is not run again either."""
        await subject.store.claim(context, b"command")
        await subject.answer(context, b"null")
        assert await subject.store.claim(context, b"command") == b"null"

    async def test_a_running_command_keeps_its_key(self, subject: IdempotencySubject, context: Context) -> None:
        """While the first command runs, its repetition is told so."""
        await subject.store.claim(context, b"command")
        with pytest.raises(KeyInUse):
            await subject.store.claim(context, b"command")

    async def test_a_key_belongs_to_one_command(self, subject: IdempotencySubject, context: Context) -> None:
        """Another command with the same key is a mistake, before and after the answer."""
        await subject.store.claim(context, b"command")
        with pytest.raises(KeyMismatch):
            await subject.store.claim(context, b"another")
        await subject.answer(context, b"1")
        with pytest.raises(KeyMismatch):
            await subject.store.claim(context, b"another")

    async def test_keys_of_different_callers_have_nothing_in_common(
        self, subject: IdempotencySubject, context: Context
    ) -> None:
        """The same key of somebody else, or of nobody, is another key."""
        await subject.store.claim(context, b"command")
        other = Context(caller=Caller(new_id(UserId)), idempotency_key=context.idempotency_key)
        nobody = Context(idempotency_key=context.idempotency_key)
        assert await subject.store.claim(other, b"another") is None
        assert await subject.store.claim(nobody, b"another") is None

    async def test_a_released_key_is_free(self, subject: IdempotencySubject, context: Context) -> None:
        """A command that changed nothing gives its key back, to any command."""
        await subject.store.claim(context, b"command")
        await subject.store.release(context)
        assert await subject.store.claim(context, b"another") is None

    async def test_releasing_does_not_forget_an_answer(self, subject: IdempotencySubject, context: Context) -> None:
        """A command that was cancelled right after its commit stays answered."""
        await subject.store.claim(context, b"command")
        await subject.answer(context, b"1")
        await subject.store.release(context)
        assert await subject.store.claim(context, b"command") == b"1"

    async def test_an_answer_that_was_rolled_back_is_none(self, subject: IdempotencySubject, context: Context) -> None:
        """The answer and the change are kept together or not at all."""
        await subject.store.claim(context, b"command")
        await subject.answer(context, b"1", commit=False)
        with pytest.raises(KeyInUse):
            await subject.store.claim(context, b"command")

    async def test_the_claim_of_a_dead_process_lapses(self, subject: IdempotencySubject, context: Context) -> None:
        """A key that was claimed and never answered can be claimed again after a while, by any command."""
        await subject.store.claim(context, b"command")
        subject.clock.advance(seconds=subject.claim_seconds + 1)
        assert await subject.store.claim(context, b"another") is None
        with pytest.raises(KeyInUse):
            await subject.store.claim(context, b"another")

    async def test_an_answer_does_not_lapse(self, subject: IdempotencySubject, context: Context) -> None:
        """Only claims lapse: an answered command is never run again."""
        await subject.store.claim(context, b"command")
        await subject.answer(context, b"1")
        subject.clock.advance(days=1)
        assert await subject.store.claim(context, b"command") == b"1"

    async def test_of_many_at_once_one_runs(self, subject: IdempotencySubject, context: Context) -> None:
        """When the same command arrives many times at the same moment, exactly one claims the key."""

        async def claimed(attempt: Awaitable[bytes | None]) -> bool:
            try:
                return await attempt is None
            except KeyInUse:
                return False

        attempts = [claimed(subject.store.claim(context, b"command")) for _ in range(8)]
        assert sum(await asyncio.gather(*attempts)) == 1
