"""Messages, the handlers that answer them, and the bus between the two."""

from colonnade.application.messaging.access import INTERNAL, PUBLIC, SIGNED_IN, AccessPolicy, AccessRule, OpenTo
from colonnade.application.messaging.bus import Bus, LocalBus
from colonnade.application.messaging.context import Caller, Context, Delivery, Limits, Origin
from colonnade.application.messaging.handlers import Handlers
from colonnade.application.messaging.messages import (
    UNSET,
    Command,
    Errand,
    Message,
    Query,
    Unset,
    VersionedCommand,
    changes_of,
)
from colonnade.application.messaging.paging import items, pages
from colonnade.application.messaging.registration import RegistrationError
from colonnade.application.messaging.resolver import Lifetime, Resolver, Scope, StaticResolver, Subject
from colonnade.application.messaging.retries import JobOptions, RetryPolicy

__all__ = [
    "INTERNAL",
    "PUBLIC",
    "SIGNED_IN",
    "UNSET",
    "AccessPolicy",
    "AccessRule",
    "Bus",
    "Caller",
    "Command",
    "Context",
    "Delivery",
    "Errand",
    "Handlers",
    "JobOptions",
    "Lifetime",
    "Limits",
    "LocalBus",
    "Message",
    "OpenTo",
    "Origin",
    "Query",
    "RegistrationError",
    "Resolver",
    "RetryPolicy",
    "Scope",
    "StaticResolver",
    "Subject",
    "Unset",
    "VersionedCommand",
    "changes_of",
    "items",
    "pages",
]
