"""What an endpoint can be told of: the published events, as the bodies of requests."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from pydantic_core import to_json

from colonnade.application.publishing import Publication, Publications, PublishedEvent
from colonnade.core import DomainEvent, Invalid, RecordedEvent
from colonnade.domain.integrations import ALL_EVENTS, EventTypeName


class WebhookEvent(NamedTuple):
    """An event as endpoints are told of it.

    Attributes:
        id: Identity, the same in every request that tells of it.
        type: Its published name.
        payload: The body.
    """

    id: UUID
    type: str
    payload: str


class WebhookEvents:
    """The events that an endpoint can be told of.

    The first version of a published event goes by its plain name, such as `tasks.task_assigned`; a further one, while
    the two are published side by side, by its name with the version, such as `tasks.task_assigned.v2`.
    """

    def __init__(self, collections: Iterable[Publications]) -> None:
        """Collect what is published of the events that belong to a workspace."""
        self._publications: dict[type[DomainEvent], list[Publication]] = {}
        for publications in collections:
            for publication in publications:
                if "workspace_id" in publication.kind.model_fields:
                    self._publications.setdefault(publication.kind, []).append(publication)

    @property
    def kinds(self) -> tuple[type[DomainEvent], ...]:
        """The domain events behind them."""
        return tuple(self._publications)

    @property
    def types(self) -> Mapping[str, type[PublishedEvent]]:
        """The published events, by the name that endpoints know them by, in the order of the names."""
        found = (publication for publications in self._publications.values() for publication in publications)
        named = {type_name(kind): kind for publication in found for kind in publication.becomes}
        return dict(sorted(named.items()))

    def require(self, names: Iterable[EventTypeName]) -> None:
        """Check that endpoints can be told of all these events.

        Raises:
            Invalid: There is no such event.
        """
        unknown = sorted(set(names) - self.types.keys() - {ALL_EVENTS})
        if unknown:
            raise Invalid(f"must name published events; there is no {', '.join(unknown)}", field="event_types")

    def of(self, recorded: RecordedEvent) -> list[WebhookEvent]:
        """Return what endpoints are told of a recorded event: mostly one event, or one for each version."""
        told = []
        for place, publication in enumerate(self._publications.get(type(recorded.event), ())):
            published = publication.translate(recorded.event, recorded)
            if published is not None:
                name = type_name(type(published))
                identity = recorded.event_id if place == 0 else uuid5(recorded.event_id, published.wire_name)
                facts = published.model_dump(mode="json")
                told.append(WebhookEvent(identity, name, payload_of(name, recorded.recorded_at, facts)))
        return told


def type_name(kind: type[PublishedEvent]) -> str:
    """Return the name that endpoints know a published event by."""
    return kind.event_type if kind.schema_version == 1 else kind.wire_name


def payload_of(name: str, at: datetime, facts: Mapping[str, object]) -> str:
    """Return the body of a request (Standard Webhooks 1.0.0, "Payload structure")."""
    return to_json({"type": name, "timestamp": at, "data": facts}).decode()
