"""Answer a repeated command as the first time (IETF draft-ietf-httpapi-idempotency-key-header)."""

from typing import Any, Protocol

from pydantic import TypeAdapter

from colonnade.application.messaging.context import Context
from colonnade.application.messaging.messages import Command, Message
from colonnade.application.messaging.pipeline import Call
from colonnade.core import ColonnadeError, Conflict


class KeyInUse(Conflict):
    """The first command with this key still runs."""

    code = "idempotency.in_progress"
    retryable = True


class KeyMismatch(ColonnadeError):
    """The key was used for another command."""

    code = "idempotency.mismatch"


class IdempotencyStore(Protocol):
    """Remembers which keys are in use and what was answered.

    The answer itself is kept by `Receipts`, inside the command's unit of work, so that the change and the memory of it
    are one.
    """

    async def claim(self, context: Context, command: bytes) -> bytes | None:
        """Take the context's key for a command, or return the answer that was given before.

        Args:
            context: Whose key it is, and the key.
            command: The command's wire name and content, to tell a repetition from another command.

        Raises:
            KeyInUse: The first command with this key still runs.
            KeyMismatch: The key was used for another command.
        """
        ...

    async def release(self, context: Context) -> None:
        """Give the key of a command that changed nothing free again."""
        ...


class Idempotency:
    """Runs a command with an idempotency key once, and answers its repetitions from memory."""

    def __init__(self, store: IdempotencyStore) -> None:
        self._store = store

    def around(self, kind: type[Message[Any]], call: Call) -> Call:
        """Claim the key before the call."""
        if not issubclass(kind, Command):
            return call
        store, name, load_answer = self._store, kind.wire_name.encode(), TypeAdapter(kind.result).validate_json

        async def once(message: Any, context: Context) -> Any:  # types are stated by the bus
            if context.idempotency_key is None:
                return await call(message, context)
            known = await store.claim(context, name + b"\n" + message.model_dump_json().encode())
            if known is not None:
                return load_answer(known)
            try:
                return await call(message, context)
            except BaseException:
                await store.release(context)
                raise

        return once
