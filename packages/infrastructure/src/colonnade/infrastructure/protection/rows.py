"""Personal texts in rows: sealed with their owner's key, and only when they change."""

from collections.abc import Iterable
from typing import overload
from uuid import UUID

from colonnade.infrastructure.protection.columns import Sealed
from colonnade.infrastructure.protection.people import PersonKeys
from colonnade.infrastructure.protection.person_keys import ERASED, LoadedKeys
from colonnade.security.encryption import CiphertextRefused, Place


class PersonalTexts:
    """Opens and seals the personal columns of one table, within one piece of work.

    A repository tells what changed by comparing rows. Sealing the same text twice gives different bytes, so the sealed
    form of each text that was opened or sealed is remembered, and given again as long as the text is the same.
    """

    def __init__(self, keys: PersonKeys, table: str) -> None:
        self._person_keys = keys
        self._table = table
        self._loaded = LoadedKeys({})
        self._known: dict[tuple[UUID, str], tuple[str, Sealed]] = {}

    async def load(self, person_ids: Iterable[UUID]) -> None:
        """Get the keys that rows are opened with next."""
        self._loaded = self._loaded.joined(await self._person_keys.load(person_ids))

    async def ensure(self, person_ids: Iterable[UUID]) -> None:
        """Get the keys that rows are sealed with next, made for those who never had one."""
        self._loaded = self._loaded.joined(await self._person_keys.ensure(person_ids))

    @overload
    def open(self, row_id: UUID, column: str, sealed: Sealed, *, owner: UUID, erased: str) -> str: ...
    @overload
    def open(self, row_id: UUID, column: str, sealed: None, *, owner: UUID, erased: str) -> None: ...
    def open(self, row_id: UUID, column: str, sealed: Sealed | None, *, owner: UUID, erased: str) -> str | None:
        """Return the text of a column, or what stands for it if its owner is erased.

        Raises:
            CiphertextRefused: It was altered, or comes from another row, column or person.
        """
        if sealed is None:
            return None
        if sealed.key_id != owner:
            raise CiphertextRefused("the sealed value is of another person")
        opened = self._loaded.unseal(sealed, self._place(row_id, column))
        value = erased if opened is ERASED else opened.decode()
        self._known[row_id, column] = (value, sealed)
        return value

    def seal(self, row_id: UUID, column: str, value: str, *, owner: UUID) -> Sealed:
        """Return a text as it is kept: as it was read if it is still the same, or sealed with its owner's key.

        Raises:
            LookupError: The owner's key was not loaded, or is destroyed: nothing new is kept of who is erased.
        """
        known = self._known.get((row_id, column))
        if known is not None and known[0] == value:
            return known[1]
        sealed = self._loaded.seal(owner, value.encode(), self._place(row_id, column))
        if sealed is ERASED:
            raise LookupError(f"there is no key to seal {self._table}.{column} with")
        self._known[row_id, column] = (value, sealed)
        return sealed

    def forget(self) -> None:
        """Forget every text and key."""
        self._known.clear()
        self._loaded = LoadedKeys({})

    def _place(self, row_id: UUID, column: str) -> Place:
        return Place("personal data", self._table, column, str(row_id))
