"""Where messages came from: sealed in the metadata of events with the key of whoever sent them.

A sealed value is a text with a mark before it. It stays as it is in copies of the metadata, over which hashes may have
been taken, and is opened only where it is shown. Whatever else is stored never begins with the mark.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement

from colonnade.core import DomainEvent
from colonnade.infrastructure.protection.columns import Sealed
from colonnade.infrastructure.protection.people import PersonKeys
from colonnade.infrastructure.protection.person_keys import ERASED, LoadedKeys
from colonnade.security.encryption import CiphertextRefused, Place

MARK = "$sealed:"
"""How a sealed text begins."""


class Circumstances(NamedTuple):
    """Which metadata of events says something of a person.

    Attributes:
        names: The keys whose values are sealed.
        caller: The key that holds the person's id.
        person: The field of events that holds it where nobody is signed in yet.
        erased: What is shown for a value once the person is erased.
    """

    names: Collection[str] = ("address", "agent")
    caller: str = "caller"
    person: str = "user_id"
    erased: str = "erased"

    def owner(self, events: Sequence[DomainEvent], about: Mapping[str, str]) -> UUID | None:
        """Return whose circumstances they are; none if there are none, or they are a stranger's."""
        if not any(name in about for name in self.names):
            return None
        if self.caller in about:
            return UUID(about[self.caller])
        named = (getattr(event, self.person, None) for event in events)
        return next((person for person in named if isinstance(person, UUID)), None)

    @staticmethod
    def is_sealed(column: ColumnElement[str]) -> ColumnElement[bool]:
        """Return whether a column with one of the values holds it sealed."""
        return column.startswith(MARK, autoescape=True)

    def seal(self, about: Mapping[str, str], event_id: UUID, owner: UUID | None, keys: LoadedKeys) -> dict[str, str]:
        """Return metadata as it is stored: sealed, without what is of an erased person, or with no false mark."""
        stored = dict(about)
        for name in self.names:
            text = stored.pop(name, None)
            if text is None:
                continue
            if owner is None:
                stored[name] = text.removeprefix("$") if text.startswith(MARK) else text
                continue
            sealed = keys.seal(owner, text.encode(), _place(name, event_id))
            if sealed is not ERASED:
                stored[name] = MARK + b64encode(sealed).decode()
        return stored

    async def opened(
        self, keys: PersonKeys, stored: Sequence[tuple[UUID, Mapping[str, str | None]]]
    ) -> list[dict[str, str | None]]:
        """Return values as they were before they were sealed, with the keys of all their owners read in one query.

        Args:
            keys: Keys of people.
            stored: The ids of events, and the values that were stored with them.

        Raises:
            Unavailable: The database of keys does not answer.
        """
        seals = [{name: _sealed(values.get(name)) for name in self.names} for _, values in stored]
        loaded = await keys.load({sealed.key_id for one in seals for sealed in one.values() if sealed is not None})
        return [
            {**values, **self._open(event_id, its, loaded)}
            for (event_id, values), its in zip(stored, seals, strict=True)
        ]

    def _open(self, event_id: UUID, seals: Mapping[str, Sealed | None], keys: LoadedKeys) -> dict[str, str]:
        opened = dict[str, str]()
        for name, sealed in seals.items():
            if sealed is None:
                continue
            try:
                text = keys.unseal(sealed, _place(name, event_id))
            except CiphertextRefused:  # altered: shown as it lies, which whoever verifies it finds too
                continue
            opened[name] = self.erased if text is ERASED else text.decode()
        return opened


def _sealed(text: str | None) -> Sealed | None:
    if text is None or not text.startswith(MARK):
        return None
    try:
        sealed = Sealed(b64decode(text.removeprefix(MARK), validate=True))
        _ = sealed.key_id
    except (NotBase64, CiphertextRefused):
        return None
    return sealed


def _place(name: str, event_id: UUID) -> Place:
    return Place("circumstances of an event", "event_log", name, str(event_id))
