"""What happens around every message, and in which order."""

from colonnade.application.messaging.behaviours.authorising import Authorising, StepUpRequired
from colonnade.application.messaging.behaviours.deadline import Deadlines
from colonnade.application.messaging.behaviours.idempotency import (
    Idempotency,
    IdempotencyStore,
    KeyInUse,
    KeyMismatch,
)
from colonnade.application.messaging.behaviours.observing import MessageObserver, Observing
from colonnade.application.messaging.behaviours.retrying import Retrying

__all__ = [
    "Authorising",
    "Deadlines",
    "Idempotency",
    "IdempotencyStore",
    "KeyInUse",
    "KeyMismatch",
    "MessageObserver",
    "Observing",
    "Retrying",
    "StepUpRequired",
]
