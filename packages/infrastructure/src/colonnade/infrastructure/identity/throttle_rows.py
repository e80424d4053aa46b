"""The table of turns: who has failed how often, by a keyed hash of the account or network."""

from sqlalchemy import Column, Integer, Table, Text

from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.types import UtcDateTime

sign_in_throttle = Table(
    "sign_in_throttle",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_failed_at", UtcDateTime, nullable=False, index=True),
    Column("blocked_until", UtcDateTime, nullable=False),
    Column("known_until", UtcDateTime),
)
"""`known_until` is there where the row is of a person and a network that they have signed in from."""
