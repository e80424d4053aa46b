"""Which function answers which message."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

from colonnade.application.messaging.messages import Message

Result = TypeVar("Result")
Handler = Callable[..., Awaitable[Any]]  # the message first, then whatever the signature asks for
Function = TypeVar("Function", bound=Handler)


class Handlers:
    """A module's handlers, collected by decorator and given to the bus by the composition root.

    Example:
        >>> handlers = Handlers()
        >>> @handlers.handles(CreateTask)
        ... async def create_task(command: CreateTask, tasks: TaskRepository) -> TaskView: ...
    """

    def __init__(self) -> None:
        self._pairs: list[tuple[type[Message[Any]], Handler]] = []

    def handles(
        self, kind: type[Message[Result]]
    ) -> Callable[[Callable[..., Awaitable[Result]]], Callable[..., Awaitable[Result]]]:
        """Say that the decorated async function answers messages of this kind."""

        def register(handler: Callable[..., Awaitable[Result]]) -> Callable[..., Awaitable[Result]]:
            self._pairs.append((kind, handler))
            return handler

        return register

    def __iter__(self) -> Iterator[tuple[type[Message[Any]], Handler]]:
        return iter(self._pairs)
