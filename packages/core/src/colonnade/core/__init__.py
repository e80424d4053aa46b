"""The ground every Colonnade package stands on: no framework, no I/O, nothing at import."""

from colonnade.core.clock import Clock, SystemClock
from colonnade.core.cursors import CursorCodec
from colonnade.core.entity import AggregateRoot, Entity
from colonnade.core.errors import (
    AlreadyExists,
    ColonnadeError,
    Conflict,
    Forbidden,
    Invalid,
    LimitExceeded,
    NotFound,
    Unauthenticated,
    Unavailable,
    VersionConflict,
)
from colonnade.core.event_sourcing import EventSourced, applies
from colonnade.core.events import DomainEvent, EventTypes, RecordedEvent, Upcaster
from colonnade.core.identifiers import UserId, new_id
from colonnade.core.pages import Page
from colonnade.core.repository import Repository, UnitOfWork
from colonnade.core.specifications import EVERYTHING, NOTHING, Specification, field, matches, predicate
from colonnade.core.values import DateRange, Email, MultilineText, PersonName, Slug, TextValue

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "AggregateRoot",
    "AlreadyExists",
    "Clock",
    "ColonnadeError",
    "Conflict",
    "CursorCodec",
    "DateRange",
    "DomainEvent",
    "Email",
    "Entity",
    "EventSourced",
    "EventTypes",
    "Forbidden",
    "Invalid",
    "LimitExceeded",
    "MultilineText",
    "NotFound",
    "Page",
    "PersonName",
    "RecordedEvent",
    "Repository",
    "Slug",
    "Specification",
    "SystemClock",
    "TextValue",
    "Unauthenticated",
    "Unavailable",
    "UnitOfWork",
    "Upcaster",
    "UserId",
    "VersionConflict",
    "applies",
    "field",
    "matches",
    "new_id",
    "predicate",
]
