"""From the log to the wire: recorded events become the envelopes of what is published of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import uuid5

from colonnade.application.publishing.envelope import CloudEventEnvelope
from colonnade.application.publishing.events import PublishedEvent
from colonnade.application.publishing.publications import Publication, Publications
from colonnade.core import DomainEvent, RecordedEvent

_SEQUENCE_DIGITS = 10


@dataclass(frozen=True, slots=True)
class PublishingSettings:
    """How a service names itself and its events.

    Attributes:
        source: Who publishes, a URI reference: the CloudEvents attribute `source`.
        type_prefix: What stands before every event's wire name in `type`, a reversed domain name.
        schema_base: What stands before every event's wire name in `dataschema`.
        extensions: Extension attributes by name, and the key of the event's metadata or the field of the published
            event that each is taken from; what is not there is left out.
    """

    source: str = "/colonnade"
    type_prefix: str = "org.colonnade"
    schema_base: str = "urn:colonnade:schema:"
    extensions: Mapping[str, str] = field(
        default_factory=lambda: {"correlationid": "correlation_id", "causationid": "causation_id"}
    )

    def type_of(self, kind: type[PublishedEvent]) -> str:
        """Return the CloudEvents `type` of a published event, which is also the topic it is sent to."""
        return f"{self.type_prefix}.{kind.wire_name}"

    def schema_of(self, kind: type[PublishedEvent]) -> str:
        """Return the URI of a published event's schema."""
        return f"{self.schema_base}{kind.wire_name}"


class Publisher:
    """Makes the CloudEvents of recorded events; pure, and the same for the same event whenever it is asked."""

    def __init__(self, collections: Iterable[Publications], settings: PublishingSettings) -> None:
        self._settings = settings
        self._publications: dict[type[DomainEvent], list[Publication]] = {}
        for publications in collections:
            for publication in publications:
                self._publications.setdefault(publication.kind, []).append(publication)

    @property
    def kinds(self) -> tuple[type[DomainEvent], ...]:
        """The domain events of which something is published."""
        return tuple(self._publications)

    def envelopes(self, recorded: RecordedEvent) -> list[CloudEventEnvelope]:
        """Return what is published of an event: mostly one envelope, none, or one for each version side by side.

        The first has the identity of the event in the log. Every further one has an identity derived from it, since
        two events of one source must never share theirs.
        """
        envelopes = []
        for place, publication in enumerate(self._publications.get(type(recorded.event), ())):
            published = publication.translate(recorded.event, recorded)
            if published is not None:
                envelopes.append(self._envelope(recorded, published, first=place == 0))
        return envelopes

    def _envelope(self, recorded: RecordedEvent, published: PublishedEvent, *, first: bool) -> CloudEventEnvelope:
        payload = published.model_dump(mode="json")
        known = {**payload, **recorded.metadata}
        taken = {name: known.get(key) for name, key in self._settings.extensions.items()}
        identity = recorded.event_id if first else uuid5(recorded.event_id, published.wire_name)
        return CloudEventEnvelope(
            id=str(identity),
            source=self._settings.source,
            type=self._settings.type_of(type(published)),
            subject=recorded.stream,
            time=recorded.recorded_at,
            datacontenttype="application/json",
            dataschema=self._settings.schema_of(type(published)),
            extensions={
                "partitionkey": recorded.stream,
                "sequence": f"{recorded.stream_version:0{_SEQUENCE_DIGITS}d}",
                **{name: str(value) for name, value in taken.items() if value not in (None, "")},
            },
            data=payload,
        )
