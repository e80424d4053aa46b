"""Events about people: personal fields are sealed on their way into the log, and opened on their way out.

In the log, a personal field holds what stands for it once its owner is erased, and the sealed values lie beside the
facts under a name that no field can have:

    {"user_id": "…", "email": "erased@erased.invalid", "$sealed": {"email": "AQAB…"}}

So the stored facts are a valid event of their schema version in themselves. When the owner's key is destroyed they are
what is read, whatever upcasters then make of them; and no text that somebody wrote is taken for a sealed one.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json

from colonnade.core import DomainEvent
from colonnade.core.personal import PersonalField, personal_fields
from colonnade.infrastructure.database.event_log import StoredFacts
from colonnade.infrastructure.protection.circumstances import Circumstances
from colonnade.infrastructure.protection.columns import Sealed
from colonnade.infrastructure.protection.people import PersonKeys
from colonnade.infrastructure.protection.person_keys import ERASED, LoadedKeys
from colonnade.security.encryption import Place

SEALED = "$sealed"
"""Under which name the sealed values are among the facts."""

Fields = Sequence[PersonalField]


class EventProtection:
    """Protects fields of events that are marked as `Personal`, and where events came from."""

    def __init__(
        self, keys: PersonKeys, kinds: Iterable[type[DomainEvent]], circumstances: Circumstances | None = None
    ) -> None:
        """Look at every class once.

        Args:
            keys: Keys of people.
            kinds: The classes of the process's events.
            circumstances: Which of their metadata is sealed.

        Raises:
            TypeError: A marker cannot work: its owner is no field, or what stands for an erased value is no value.
        """
        self._keys = keys
        self._circumstances = circumstances or Circumstances()
        self._fields = _FieldsOfClasses()
        for kind in kinds:
            self._fields[kind] = _checked(kind)

    @property
    def personal_kinds(self) -> tuple[type[DomainEvent], ...]:
        """The classes with personal fields."""
        return tuple(kind for kind, fields in self._fields.items() if fields)

    async def sealing(self, events: Sequence[DomainEvent], about: Mapping[str, str]) -> "SealedEvents | None":
        """Get what events are sealed with, or nothing if nothing of them is about anybody.

        Args:
            events: What is to be appended.
            about: Their metadata.

        Raises:
            Unavailable: The database of keys does not answer.
        """
        concerned = [(event, fields) for event in events if (fields := self._fields[type(event)])]
        comes_from = self._circumstances.owner(events, about)
        if not concerned and comes_from is None:
            return None
        owners: set[UUID | None] = {getattr(event, field.owner) for event, fields in concerned for field in fields}
        keys = await self._keys.ensure(owner for owner in {*owners, comes_from} if owner is not None)
        return SealedEvents(keys, self._fields, partial(self._circumstances.seal, about, owner=comes_from, keys=keys))

    async def opened(self, stored: Sequence[StoredFacts]) -> list[Mapping[str, object]]:
        """Return facts as they were before they were sealed, with the keys of all their owners read in one query.

        Raises:
            CiphertextRefused: They were altered, or moved to another event.
            Unavailable: The database of keys does not answer.
        """
        seals = [_seals(facts) for _, _, facts in stored]
        owners = {sealed.key_id for one in seals for sealed in one.values()}
        if not owners:
            return [facts for _, _, facts in stored]
        keys = await self._keys.load(owners)
        return [_opened(one, its, keys) if its else one.facts for one, its in zip(stored, seals, strict=True)]

    def seal_stored(self, kind: type[DomainEvent], one: StoredFacts, keys: LoadedKeys) -> dict[str, Any] | None:
        """Return facts that lie in the log in the clear as they should lie there; none if that is how they do."""
        fields = [field for field in self._fields[kind] if field.name in one.facts]
        return None if SEALED in one.facts else _sealed(dict(one.facts), one.event_type, one.event_id, fields, keys)

    def owners_of(self, kind: type[DomainEvent], facts: Mapping[str, Any]) -> set[UUID]:
        """Return those whose data stored facts hold."""
        named = (facts.get(field.owner) for field in self._fields[kind])
        return {UUID(owner) for owner in named if owner is not None}


class SealedEvents:
    """Seals the events of one commit."""

    def __init__(
        self,
        keys: LoadedKeys,
        fields: Mapping[type[DomainEvent], Fields],
        about: Callable[[UUID], Mapping[str, str]],
    ) -> None:
        self._keys = keys
        self._fields = fields
        self._about = about

    def to_json(self, event: DomainEvent, event_id: UUID) -> bytes:
        """Return an event's facts as the log holds them."""
        plain = event.__pydantic_serializer__.to_json(event)
        fields = self._fields[type(event)]
        return to_json(_sealed(from_json(plain), event.event_type, event_id, fields, self._keys)) if fields else plain

    def about_to_json(self, event_id: UUID) -> bytes:
        """Return an event's metadata as the log holds them."""
        return to_json(self._about(event_id))


class _FieldsOfClasses(dict[type[DomainEvent], Fields]):
    """The personal fields of each class, found out once."""

    def __missing__(self, kind: type[DomainEvent]) -> Fields:
        self[kind] = fields = _checked(kind)
        return fields


def _checked(kind: type[DomainEvent]) -> Fields:
    fields = tuple(personal_fields(kind).values())
    for field in fields:
        try:
            kind.__pydantic_validator__.validate_assignment(kind.model_construct(), field.name, field.erased)
        except ValueError as error:
            what = f"{kind.__name__}.{field.name} cannot be {field.erased!r}"
            raise TypeError(f"{what}: say with Personal(erased=…) what stands for it") from error
    return fields


def _sealed(
    facts: dict[str, Any], event_type: str, event_id: UUID, fields: Fields, keys: LoadedKeys
) -> dict[str, Any]:  # JSON values
    seals = dict[str, str]()
    for field in fields:
        value, owner = facts[field.name], facts[field.owner]
        if value is None:
            continue
        if owner is None:
            raise TypeError(f"{event_type} has a {field.name} of nobody: {field.owner} is not set")
        sealed = keys.seal(UUID(owner), to_json(value), _place(event_type, field.name, event_id))
        facts[field.name] = field.erased
        if sealed is not ERASED:
            seals[field.name] = b64encode(sealed).decode()
    if seals:
        facts[SEALED] = seals
    return facts


def _seals(facts: Mapping[str, Any]) -> dict[str, Sealed]:  # JSON values
    sealed = facts.get(SEALED)
    return {name: Sealed(b64decode(text)) for name, text in sealed.items()} if sealed else {}


def _opened(one: StoredFacts, seals: Mapping[str, Sealed], keys: LoadedKeys) -> Mapping[str, object]:
    facts = {name: value for name, value in one.facts.items() if name != SEALED}
    for name, sealed in seals.items():
        value = keys.unseal(sealed, _place(one.event_type, name, one.event_id))
        if value is not ERASED:
            facts[name] = from_json(value)
    return facts


def _place(event_type: str, field: str, event_id: UUID) -> Place:
    return Place("event", event_type, field, str(event_id))
