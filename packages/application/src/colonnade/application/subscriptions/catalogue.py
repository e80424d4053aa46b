"""The subscriptions of a service, by name."""

from collections.abc import Iterable, Iterator

from colonnade.application.subscriptions.subscription import Subscription
from colonnade.core import NotFound


class SubscriptionCatalogue:
    """What a service subscribes to."""

    def __init__(self, subscriptions: Iterable[Subscription]) -> None:
        """Collect subscriptions.

        Raises:
            TypeError: A name is taken twice: both would keep their checkpoint under it.
        """
        self._subscriptions: dict[str, Subscription] = {}
        for subscription in subscriptions:
            if self._subscriptions.setdefault(subscription.name, subscription) is not subscription:
                raise TypeError(f"two subscriptions are called {subscription.name}")

    def __iter__(self) -> Iterator[Subscription]:
        return iter(self._subscriptions.values())

    def named(self, name: str) -> Subscription:
        """Return the subscription of a name.

        Raises:
            NotFound: There is none.
        """
        try:
            return self._subscriptions[name]
        except KeyError:
            raise NotFound(f"there is no subscription {name}", field="name") from None

    def find(self, name: str) -> Subscription | None:
        """Return the subscription of a name, if this process knows one."""
        return self._subscriptions.get(name)
