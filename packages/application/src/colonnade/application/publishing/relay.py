"""The relay: what is in the log goes to the broker, in the order of each stream, however long the broker was away."""

from collections.abc import Iterable

from colonnade.application.publishing.ports import Broker
from colonnade.application.publishing.publications import Publications
from colonnade.application.publishing.publisher import Publisher
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import DomainEvent, RecordedEvent

RELAY = "publishing.relay"
"""The name of the relay's subscription."""

_PARTITIONS = 4


def relay_subscription(collections: Iterable[Publications]) -> Subscriptions:
    """Return the subscription that publishes whatever these translations make of domain events.

    An event may be published twice after a crash; its id is the same both times, so that brokers and inboxes drop it.
    """
    subscriptions = Subscriptions()
    kinds = dict.fromkeys(publication.kind for publications in collections for publication in publications)
    if kinds:

        @subscriptions.durable(RELAY, *kinds, partitions=_PARTITIONS, outside=True)
        async def relay(event: DomainEvent, recorded: RecordedEvent, publisher: Publisher, broker: Broker) -> None:
            for envelope in publisher.envelopes(recorded):
                await broker.publish(envelope.type, envelope)

    return subscriptions
