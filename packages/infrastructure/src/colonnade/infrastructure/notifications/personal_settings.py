"""How personal settings are sealed: where somebody can be reached."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from colonnade.core import UserId
from colonnade.domain.notifications import PersonalSettings
from colonnade.infrastructure.notifications.mapping import settings_to_domain
from colonnade.infrastructure.notifications.rows import PersonalSettingsRow
from colonnade.infrastructure.protection import PersonalTexts, PersonKeys, SealedColumn

REACHED_AT = (SealedColumn("phone", "+10000000000"), SealedColumn("chat_url", "https://erased.invalid/"))
"""The sealed columns. What stands for them is never used: nobody is told anything any more."""


async def opened_settings(rows: Sequence[Any], keys: PersonKeys) -> dict[UserId, PersonalSettings]:  # of the table
    """Return the settings that rows hold, by whose they are.

    Raises:
        Unavailable: The database of keys does not answer.
    """
    texts = PersonalTexts(keys, PersonalSettingsRow.__tablename__)
    await texts.load([row.id for row in rows])
    return {UserId(row.id): _opened(row, texts) for row in rows}


def _opened(row: Any, texts: PersonalTexts) -> PersonalSettings:  # a row of the table
    values = dict(row._mapping)
    for column in REACHED_AT:
        sealed = values[column.sealed]
        if sealed is not None:
            values[column.name] = texts.open(row.id, column.name, sealed, owner=row.id, erased=column.erased)
    return settings_to_domain(SimpleNamespace(**values), ())
