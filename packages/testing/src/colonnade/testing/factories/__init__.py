"""Factories of everything the product knows: the same seed makes the same things."""

from colonnade.core.extras import require_extra

require_extra("colonnade-testing", "work", "colonnade.domain", "polyfactory")

from colonnade.testing.factories.entities import EntityFactory
from colonnade.testing.factories.messages import MESSAGES, MessageFactory

__all__ = ["MESSAGES", "EntityFactory", "MessageFactory"]
