"""Subscriptions: named functions that hear of events in the transaction, after the commit, or as they happen."""

from colonnade.application.subscriptions.catalogue import SubscriptionCatalogue
from colonnade.application.subscriptions.collection import Subscriptions
from colonnade.application.subscriptions.in_transaction import EndlessReaction, TransactionReactions
from colonnade.application.subscriptions.subscription import Generation, Mode, Subscription

__all__ = [
    "EndlessReaction",
    "Generation",
    "Mode",
    "Subscription",
    "SubscriptionCatalogue",
    "Subscriptions",
    "TransactionReactions",
]
