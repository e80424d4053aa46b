"""The catalogue: everything that a service publishes, with its JSON Schemas (draft 2020-12)."""

from collections.abc import Iterable, Iterator
from typing import Any

from colonnade.application.publishing.events import PublishedEvent
from colonnade.application.publishing.publications import Publications, published_by

Schema = dict[str, Any]  # JSON of any shape


class Catalogue:
    """The published events of a service, by wire name."""

    def __init__(self, kinds: Iterable[type[PublishedEvent]]) -> None:
        """Collect the events.

        Raises:
            TypeError: Two of them have the same name and version.
        """
        self._kinds: dict[str, type[PublishedEvent]] = {}
        for kind in kinds:
            other = self._kinds.setdefault(kind.wire_name, kind)
            if other is not kind:
                raise TypeError(f"{kind.__name__} and {other.__name__} are both {kind.wire_name}: raise one's version")

    @classmethod
    def of(cls, collections: Iterable[Publications]) -> "Catalogue":
        """Return the catalogue of all that these translations publish.

        Raises:
            TypeError: Two events have the same name and version.
        """
        return cls(published_by(collections))

    def __iter__(self) -> Iterator[type[PublishedEvent]]:
        return iter(self._kinds.values())

    def __len__(self) -> int:
        return len(self._kinds)

    def __getitem__(self, wire_name: str) -> type[PublishedEvent]:
        return self._kinds[wire_name]

    def schemas(self) -> dict[str, Schema]:
        """Return the JSON Schema of what is sent for each event, by wire name, in the order of the names.

        A field with a default is always sent, so it counts as required.
        """
        return {name: self._kinds[name].model_json_schema(mode="serialization") for name in sorted(self._kinds)}
