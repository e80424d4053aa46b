"""Use cases as messages: what can be asked of a service, who may ask, and how it is answered."""

from colonnade.application.messaging import (
    PUBLIC,
    SIGNED_IN,
    AccessRule,
    Bus,
    Caller,
    Command,
    Context,
    Handlers,
    LocalBus,
    Message,
    Query,
    RegistrationError,
)

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "AccessRule",
    "Bus",
    "Caller",
    "Command",
    "Context",
    "Handlers",
    "LocalBus",
    "Message",
    "Query",
    "RegistrationError",
]
