"""Trying again, where that is safe and may help."""

from typing import NamedTuple

import httpx2
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from colonnade.core import ColonnadeError

_MAX_SERVER_WAIT_SECONDS = 30.0


class RetrySettings(NamedTuple):
    """How often, and with what pauses."""

    attempts: int = 4
    first_pause_seconds: float = 0.2
    longest_pause_seconds: float = 5.0


class Unanswered(Exception):
    """The server could not be reached, or stopped in the middle of its answer."""

    def __init__(self, cause: httpx2.TransportError) -> None:
        super().__init__(str(cause))
        self.was_sent = not isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)


def retrying(settings: RetrySettings, *, repeatable: bool) -> AsyncRetrying:
    """Return the policy for one request.

    Args:
        settings: How often, and with what pauses.
        repeatable: Whether the server treats a repetition as one: a read, or a command with an idempotency key. What is
            not repeatable is tried again only if it cannot have reached the server.
    """

    def worth_it(error: BaseException) -> bool:
        if isinstance(error, Unanswered):
            return repeatable or not error.was_sent
        soon = getattr(error, "retry_after_seconds", 0.0) <= _MAX_SERVER_WAIT_SECONDS
        return repeatable and soon and isinstance(error, ColonnadeError) and error.retryable

    backoff = wait_exponential_jitter(
        multiplier=settings.first_pause_seconds, max=settings.longest_pause_seconds, jitter=settings.first_pause_seconds
    )

    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = float(getattr(error, "retry_after_seconds", 0.0))
        return max(backoff(state), min(asked, _MAX_SERVER_WAIT_SECONDS))

    return AsyncRetrying(
        stop=stop_after_attempt(settings.attempts), wait=pause, retry=retry_if_exception(worth_it), reraise=True
    )
