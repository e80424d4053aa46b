"""What was appended before people had keys: sealed where it lies, so that it can be erased like all else."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.event_log import StoredFacts, event_log
from colonnade.infrastructure.protection.events import EventProtection
from colonnade.infrastructure.protection.people import PersonKeys

_log = event_log.c
_PAGE = (
    select(_log.position, _log.event_id, _log.type, _log.data)
    .where(_log.type.in_(bindparam("types", expanding=True)), _log.position > bindparam("after"))
    .order_by(_log.position)
    .limit(bindparam("limit"))
)
_REPLACE = (
    update(event_log)
    .where(_log.position == bindparam("of_position"))
    .values(data=bindparam("new_data", type_=_log.data.type))
)


async def seal_past_events(
    database: Database, protection: EventProtection, keys: PersonKeys, *, after: int = 0, batch: int = 500
) -> int:
    """Seal the personal fields of events that lie in the log in the clear; return how many events it were.

    It may be interrupted and run again, and readers are not disturbed: they read either form. Only fields that have
    the name that they have today are found: of older schema versions with other names, an upcaster cannot tell.

    Args:
        database: Where the log is.
        protection: Knows the personal fields.
        keys: Keys of people; made for those who have none.
        after: The position to begin after.
        batch: How many events are sealed in one transaction.

    Raises:
        Unavailable: A database does not answer.
    """
    kinds, count = {kind.event_type: kind for kind in protection.personal_kinds}, 0
    while kinds:
        rows = await database.fetch(_PAGE, {"types": [*kinds], "after": after, "limit": batch})
        if not rows:
            break
        after = rows[-1].position
        loaded = await keys.ensure({owner for row in rows for owner in protection.owners_of(kinds[row.type], row.data)})
        changes = list[dict[str, Any]]()  # JSON values
        for row in rows:
            facts = protection.seal_stored(kinds[row.type], StoredFacts(row.event_id, row.type, row.data), loaded)
            if facts is not None and facts != row.data:
                changes.append({"of_position": row.position, "new_data": facts})
        if changes:
            await database.transact(partial(_replace, changes))
        count += len(changes)
    return count


def _replace(changes: Sequence[dict[str, Any]], connection: Connection) -> None:  # JSON values
    connection.execute(_REPLACE, changes)
