"""Data of people at rest: each person has a key, and what it sealed is gone everywhere once the key is destroyed."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "database", "sqlmodel", "sqlalchemy")
require_extra("colonnade-security", "encryption", "cryptography", "pydantic")

from colonnade.infrastructure.protection.circumstances import Circumstances
from colonnade.infrastructure.protection.columns import Encrypted, Sealed
from colonnade.infrastructure.protection.data_keys import KeyReport, SqlDataKeys
from colonnade.infrastructure.protection.events import EventProtection
from colonnade.infrastructure.protection.past import seal_past_events
from colonnade.infrastructure.protection.people import PersonKeys
from colonnade.infrastructure.protection.person_keys import ERASED, ErasedPerson, LoadedKeys
from colonnade.infrastructure.protection.repository import SealedColumn, SealingRepository
from colonnade.infrastructure.protection.rows import PersonalTexts

__all__ = [
    "ERASED",
    "Circumstances",
    "Encrypted",
    "ErasedPerson",
    "EventProtection",
    "KeyReport",
    "LoadedKeys",
    "PersonKeys",
    "PersonalTexts",
    "Sealed",
    "SealedColumn",
    "SealingRepository",
    "SqlDataKeys",
    "seal_past_events",
]
