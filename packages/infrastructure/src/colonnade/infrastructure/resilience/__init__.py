"""One policy for every call to an outside service: time-out, retries, circuit breaker, failover, health."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "resilience", "tenacity")

from colonnade.infrastructure.resilience.circuit import CircuitBreaker, CircuitOpen, CircuitState
from colonnade.infrastructure.resilience.failover import Failover, ProviderHealth
from colonnade.infrastructure.resilience.observer import CallObserver
from colonnade.infrastructure.resilience.policy import ResiliencePolicy

__all__ = [
    "CallObserver",
    "CircuitBreaker",
    "CircuitOpen",
    "CircuitState",
    "Failover",
    "ProviderHealth",
    "ResiliencePolicy",
]
