"""Subscriptions to the event log: checkpoints, leases, dead letters, and editions of projections."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "database", "sqlmodel", "sqlalchemy", "alembic")

from colonnade.infrastructure.subscriptions.checkpoints import Checkpoints
from colonnade.infrastructure.subscriptions.generations import Generations
from colonnade.infrastructure.subscriptions.live import LiveRunner
from colonnade.infrastructure.subscriptions.partition import Reading
from colonnade.infrastructure.subscriptions.runner import SubscriptionRunner
from colonnade.infrastructure.subscriptions.tables import active_generation

__all__ = ["Checkpoints", "Generations", "LiveRunner", "Reading", "SubscriptionRunner", "active_generation"]
