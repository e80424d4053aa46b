"""Attempts at one provider, with growing pauses between them."""

from collections.abc import Awaitable, Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from colonnade.core import ColonnadeError
from colonnade.infrastructure.resilience.circuit import CircuitBreaker, CircuitState
from colonnade.infrastructure.resilience.policy import ResiliencePolicy


def retrying(
    policy: ResiliencePolicy, circuit: CircuitBreaker, sleep: Callable[[float], Awaitable[None]]
) -> AsyncRetrying:
    """Return what makes the attempts of one call.

    Retryable errors are tried again with exponential back-off and jitter while the circuit is closed. A provider that
    asks for a pause by the fact `retry_after_seconds` gets it, unless it is longer than the policy's longest: then its
    attempts end here.

    Args:
        policy: How often and with which pauses.
        circuit: The provider's.
        sleep: Pauses for some seconds.
    """
    backoff = wait_exponential_jitter(
        multiplier=policy.pause_seconds, max=policy.longest_pause_seconds, jitter=policy.jitter_seconds
    )

    def may_succeed_soon(error: BaseException) -> bool:
        return (
            isinstance(error, ColonnadeError)
            and error.retryable
            and circuit.state is CircuitState.CLOSED
            and _asked_seconds(error) <= policy.longest_pause_seconds
        )

    def pause(state: RetryCallState) -> float:
        return max(backoff(state), _asked_seconds(state.outcome.exception() if state.outcome else None))

    return AsyncRetrying(
        sleep=sleep,
        stop=stop_after_attempt(policy.attempts),
        wait=pause,
        retry=retry_if_exception(may_succeed_soon),
        reraise=True,
    )


def _asked_seconds(error: BaseException | None) -> float:
    asked = error.facts.get("retry_after_seconds") if isinstance(error, ColonnadeError) else None
    return float(asked) if isinstance(asked, int | float) else 0.0
