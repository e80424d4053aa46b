"""A module's subscriptions, collected by decorator and given to the server by the composition root."""

from collections.abc import Callable, Iterator

from colonnade.application.messaging.retries import RetryPolicy
from colonnade.application.subscriptions.subscription import Mode, Reaction, Subscription
from colonnade.core import DomainEvent

Events = type[DomainEvent]
Decorator = Callable[[Reaction], Reaction]


class Subscriptions:
    """Subscriptions, declared beside their context.

    Example:
        >>> subscriptions = Subscriptions()
        >>> @subscriptions.durable("notifications.assigned", TaskAssigned)
        ... async def tell_assignee(event: TaskAssigned, inbox: Inbox) -> None: ...
    """

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def __iter__(self) -> Iterator[Subscription]:
        return iter(self._subscriptions)

    def in_transaction(self, name: str, *events: Events) -> Decorator:
        """React in the unit of work that records the event: both become permanent, or neither does."""
        return self._collect(lambda reaction: Subscription(name, events, Mode.IN_TRANSACTION, reaction))

    def durable(
        self,
        name: str,
        *events: Events,
        partitions: int = 1,
        outside: bool = False,
        batch: bool = False,
        retries: RetryPolicy | None = None,
        every_type: bool = False,
    ) -> Decorator:
        """React after the commit, in the order of each stream, sooner or later whatever happens.

        Args:
            name: Stable name; the checkpoint is kept under it.
            events: The kinds of events.
            partitions: How many shares the streams are divided into, which go on independently.
            outside: Whether the effect is outside the database, and so at least once instead of exactly once.
            batch: Whether the function takes a sequence of recorded events.
            retries: How often a failing event is tried.
            every_type: Whether it takes events of kinds that only newer processes know, too: they wait for one, with
                their streams behind them. `events` are then all kinds that this process knows.
        """
        policy = retries or RetryPolicy()
        return self._collect(
            lambda reaction: Subscription(
                name,
                events,
                Mode.DURABLE,
                reaction,
                partitions,
                outside=outside,
                batch=batch,
                retries=policy,
                every_type=every_type,
            )
        )

    def projection(self, name: str, *events: Events, forget: Reaction, partitions: int = 1) -> Decorator:
        """Write a read model from batches of events; its rows carry a `Generation`, so that it can be rebuilt.

        Args:
            name: Stable name.
            events: The kinds of events.
            forget: Takes a `Generation` first and deletes its rows.
            partitions: How many shares the streams are divided into.
        """
        return self._collect(
            lambda reaction: Subscription(name, events, Mode.DURABLE, reaction, partitions, batch=True, forget=forget)
        )

    def live(self, name: str, *events: Events) -> Decorator:
        """React in every process, to what happens from now on; nothing is remembered and nothing repeated."""
        return self._collect(lambda reaction: Subscription(name, events, Mode.LIVE, reaction))

    def _collect(self, make: Callable[[Reaction], Subscription]) -> Decorator:
        def register(reaction: Reaction) -> Reaction:
            self._subscriptions.append(make(reaction))
            return reaction

        return register
