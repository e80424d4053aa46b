"""A circuit breaker per provider (Nygard, Release It!): a service that is down is left alone for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from colonnade.core import Clock, ColonnadeError, Unavailable


class CircuitState(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"
    """Every call goes through."""
    OPEN = "open"
    """No call goes through."""
    HALF_OPEN = "half_open"
    """One call at a time may find out whether the provider is back."""


class CircuitOpen(Unavailable):
    """The provider failed too often just now and is not asked."""

    code = "resilience.circuit_open"


class CircuitBreaker:
    """Counts failures in a row and opens at a threshold; after a while lets one call through as a probe.

    A retryable error is a failure. A refusal that is not retryable is an answer: the provider works. Anything else
    (cancellation, a bug) says nothing about the provider and counts as neither. What a call finds out counts only
    if the circuit has not changed since it began.

    The clock may jump either way: the worst that comes of it is an early probe.
    """

    def __init__(
        self,
        provider: str,
        *,
        failure_threshold: int,
        recovery_seconds: float,
        clock: Clock,
        changed: Callable[[str, CircuitState], None],
    ) -> None:
        self._provider = provider
        self._failure_threshold = failure_threshold
        self._recovery_seconds = recovery_seconds
        self._clock = clock
        self._changed = changed
        self._failures = 0
        self._opened_at: datetime | None = None
        self._is_probing = False
        self._generation = 0

    @property
    def state(self) -> CircuitState:
        """Whether a call would go through now."""
        if self._opened_at is None:
            return CircuitState.CLOSED
        return CircuitState.HALF_OPEN if self._is_probing or self._is_due(self._opened_at) else CircuitState.OPEN

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Let the body through if the circuit allows it, and learn from how it ends.

        Raises:
            CircuitOpen: It does not; the body was not run.
        """
        generation = self._admit()
        try:
            yield
        except ColonnadeError as error:
            if error.retryable:
                self._failed(generation)
            else:
                self._answered(generation)
            raise
        except BaseException:
            self._learned_nothing(generation)
            raise
        self._answered(generation)

    def _admit(self) -> int:
        if self._opened_at is not None:
            if self._is_probing or not self._is_due(self._opened_at):
                raise CircuitOpen(f"{self._provider} failed too often and is left alone", provider=self._provider)
            self._enter(CircuitState.HALF_OPEN)
        return self._generation

    def _is_due(self, opened_at: datetime) -> bool:
        return not 0 <= (self._clock.now() - opened_at).total_seconds() < self._recovery_seconds

    def _answered(self, generation: int) -> None:
        if generation == self._generation:
            self._failures = 0
            if self._opened_at is not None:
                self._enter(CircuitState.CLOSED)

    def _failed(self, generation: int) -> None:
        if generation == self._generation:
            self._failures += 1
            if self._is_probing or self._failures >= self._failure_threshold:
                self._enter(CircuitState.OPEN)

    def _learned_nothing(self, generation: int) -> None:
        if generation == self._generation:
            self._is_probing = False

    def _enter(self, state: CircuitState) -> None:
        if state is CircuitState.CLOSED:
            self._opened_at = None
        elif state is CircuitState.OPEN:
            self._opened_at = self._clock.now()
        self._is_probing = state is CircuitState.HALF_OPEN
        self._generation += 1
        self._changed(self._provider, state)
