"""How webhooks are sent."""

from dataclasses import dataclass

from colonnade.application.messaging import RetryPolicy

RETRIES = RetryPolicy(pauses_seconds=(5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""After 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h (Standard Webhooks 1.0.0, "Retries")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """What an operator can say about webhooks.

    Attributes:
        endpoint_limit: How many endpoints a workspace may have.
        retries: When a request that failed is sent again.
        longest_retry_after_seconds: How far an endpoint itself may put off the next request.
        rotation_hours: How long a former secret is used beside the new one.
        disable_after_days: How long an endpoint may fail before nothing is sent to it any more.
        retention_days: How long deliveries are remembered.
        purge_limit: How many deliveries are forgotten in one transaction.
    """

    endpoint_limit: int = 20
    retries: RetryPolicy = RETRIES
    longest_retry_after_seconds: float = 86_400
    rotation_hours: float = 24
    disable_after_days: float = 5
    retention_days: float = 30
    purge_limit: int = 5_000
