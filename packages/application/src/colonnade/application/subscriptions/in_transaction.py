"""Subscriptions in the transaction: they hear of an event before it is permanent, in the same unit of work."""

from collections.abc import Iterable

from colonnade.application.messaging.context import Context
from colonnade.application.messaging.resolver import Scope
from colonnade.application.subscriptions.compiled import compile_reaction
from colonnade.application.subscriptions.subscription import Mode, Subscription
from colonnade.core import ColonnadeError, UnitOfWork

_ROUNDS = 16


class EndlessReaction(ColonnadeError):
    """Subscriptions in a transaction keep answering each other's events."""

    code = "endless_reaction"


class TransactionReactions:
    """Runs the subscriptions that belong to a command's unit of work, and those that their own events concern."""

    def __init__(self, subscriptions: Iterable[Subscription]) -> None:
        self._reactions = [
            (subscription, compile_reaction(subscription))
            for subscription in subscriptions
            if subscription.mode is Mode.IN_TRANSACTION
        ]

    def __bool__(self) -> bool:
        return bool(self._reactions)

    async def react(self, unit_of_work: UnitOfWork, scope: Scope, context: Context) -> None:
        """Let every subscription hear of the events that are not committed yet, until there are no new ones.

        Raises:
            EndlessReaction: There are always new ones.
        """
        heard = set[int]()
        for _ in range(_ROUNDS):
            events = [event for event in unit_of_work.recorded_events() if id(event) not in heard]
            if not events:
                return
            heard.update(id(event) for event in events)
            for event in events:
                for subscription, react in self._reactions:
                    if subscription.concerns(event):
                        await react(event, {Context: context}, scope)
        raise EndlessReaction("subscriptions in the transaction keep answering each other: make one of them durable")
