"""A message, made and sent through every behaviour of the server, with a scope of the container, without any I/O."""

import asyncio
from collections.abc import Awaitable
from uuid import UUID

from dishka import Provider, Scope, from_context, make_async_container, provide

from colonnade.application.messaging import Caller, Command, Context, Handlers, LocalBus, Message, Query
from colonnade.application.messaging.behaviours import Authorising, Deadlines, Idempotency, Observing, Retrying
from colonnade.core import SystemClock, UnitOfWork, UserId, new_id
from colonnade.domain.workspaces import Permission
from colonnade.monitoring.logs import configure_logs
from colonnade.monitoring.metrics import Metrics
from colonnade.monitoring.observers import MessageTelemetry
from colonnade.server.resolver import ContainerResolver
from micro.permission import policy_of_one
from micro.timing import interleaved


class Add(Query[int], name="bench.add", requires=Permission.TASK_READ):
    workspace_id: UUID
    left: int
    right: int


class Increase(Command[int], name="bench.increase", requires=Permission.TASK_READ):
    workspace_id: UUID
    left: int
    right: int


class Sum:
    """What a handler asks for; made for each message."""

    def of(self, left: int, right: int) -> int:
        return left + right


class NoUnitOfWork:
    """A transaction over nothing."""

    async def commit(self) -> None:
        pass

    async def rollback(self) -> None:
        pass


class NoStore:
    """Never asked: the messages have no idempotency key."""


class Providers(Provider):
    context = from_context(Context, scope=Scope.REQUEST)
    message = from_context(Message, scope=Scope.REQUEST)
    total = provide(Sum, scope=Scope.REQUEST)
    unit_of_work = provide(NoUnitOfWork, provides=UnitOfWork, scope=Scope.REQUEST)


handlers = Handlers()


@handlers.handles(Add)
async def add(query: Add, total: Sum, caller: Caller) -> int:
    return total.of(query.left, query.right)


@handlers.handles(Increase)
async def increase(command: Increase, total: Sum, caller: Caller) -> int:
    return total.of(command.left, command.right)


async def _plain(message: Add) -> int:
    return message.left + message.right


def measure(*, rounds: int, calls: int) -> dict[str, float]:
    """Return microseconds of a query and of a command through the bus, and of a dictionary look-up and an await."""
    configure_logs(level="WARNING")
    return asyncio.run(_measure(rounds, calls))


async def _measure(rounds: int, calls: int) -> dict[str, float]:
    provider = Providers()
    container = make_async_container(provider)
    behaviours = (
        Observing(MessageTelemetry(Metrics())),
        Deadlines(SystemClock()),
        Authorising(policy_of_one()),
        Idempotency(NoStore()),  # type: ignore[arg-type]  # never asked
        Retrying(),
    )
    resolver = ContainerResolver([provider])
    resolver.use(container)
    bus = await LocalBus.start(handlers=[handlers], resolver=resolver, behaviours=behaviours)
    context = Context(caller=Caller(new_id(UserId)), correlation_id="bench")
    workspace, table = UUID(int=1), {Add: _plain}

    def look_up(query: Add) -> Awaitable[int]:
        return table[type(query)](query)

    return await interleaved(
        {
            "query": lambda: bus.send(Add(workspace_id=workspace, left=1, right=2), context),
            "command": lambda: bus.send(Increase(workspace_id=workspace, left=1, right=2), context),
            "dictionary and await": lambda: look_up(Add(workspace_id=workspace, left=1, right=2)),
        },
        rounds=rounds,
        calls=calls,
    )
