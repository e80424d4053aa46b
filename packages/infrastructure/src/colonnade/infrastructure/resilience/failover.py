"""One call, several providers: the first that answers wins."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Generic, NamedTuple, TypeVar

from colonnade.core import Clock, ColonnadeError, Invalid, Unavailable
from colonnade.infrastructure.resilience.circuit import CircuitBreaker, CircuitState
from colonnade.infrastructure.resilience.observer import CallObserver, SilentObserver
from colonnade.infrastructure.resilience.policy import ResiliencePolicy
from colonnade.infrastructure.resilience.retrying import retrying

Provider = TypeVar("Provider")
Answer = TypeVar("Answer")


class ProviderHealth(NamedTuple):
    """How a provider did lately, as this process saw it.

    Attributes:
        provider: Its name.
        circuit: Whether it is asked at all.
        last_error: Why it failed the last time, in words; none if it never did.
        last_error_at: When that was, UTC.
        last_success_at: When it did last what it was asked for, UTC.
    """

    provider: str
    circuit: CircuitState
    last_error: str | None
    last_error_at: datetime | None
    last_success_at: datetime | None


class Failover(Generic[Provider]):
    """Named providers of one service, asked in order under one policy.

    A retryable failure is tried again by the policy and then passed to the next provider, as is a call that meets an
    open circuit. A refusal that is not retryable ends the call: another provider would say the same. With one provider
    this is the plain policy: time-out, retries and circuit breaker.
    """

    def __init__(
        self,
        providers: Mapping[str, Provider],
        policy: ResiliencePolicy,
        *,
        clock: Clock,
        observer: CallObserver | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Make the calls' way.

        Args:
            providers: By name, in the order in which they are asked.
            policy: The numbers, the same for each provider.
            clock: Tells when circuits recover.
            observer: Is told of attempts and circuits.
            sleep: Pauses between attempts, for some seconds.

        Raises:
            Invalid: There is no provider.
        """
        if not providers:
            raise Invalid("needs at least one provider", field="providers")
        self._policy = policy
        self._clock = clock
        self._observer = observer or SilentObserver()
        self._sleep = sleep
        self._lines = {name: _Line(name, provider, self._circuit(name)) for name, provider in providers.items()}

    async def call(self, work: Callable[[Provider], Awaitable[Answer]]) -> Answer:
        """Do `work` with the first provider that can.

        Args:
            work: What to do with a provider. It may be begun several times, and an attempt that failed or timed out
                may have had its effect: let it carry a key by which the other side knows a repetition.

        Raises:
            Unavailable: No provider answers; `failures` in the facts says why, by name.
            ColonnadeError: A provider refuses for good.
        """
        failures: dict[str, str] = {}
        for line in self._lines.values():
            try:
                attempts = retrying(self._policy, line.circuit, self._sleep)
                answer: Answer = await attempts(partial(self._attempt, line, work))
            except ColonnadeError as error:
                if not error.retryable:
                    raise
                failures[line.name] = error.message if line.last_error is None else line.last_error
                last = error
            else:
                return answer
        raise Unavailable(f"no answer from {', '.join(failures)}", failures=failures) from last

    def health(self) -> tuple[ProviderHealth, ...]:
        """Return how each provider did lately, in their order."""
        return tuple(
            ProviderHealth(line.name, line.circuit.state, line.last_error, line.last_error_at, line.last_success_at)
            for line in self._lines.values()
        )

    def _circuit(self, name: str) -> CircuitBreaker:
        return CircuitBreaker(
            name,
            failure_threshold=self._policy.failure_threshold,
            recovery_seconds=self._policy.recovery_seconds,
            clock=self._clock,
            changed=self._observer.circuit_changed,
        )

    async def _attempt(self, line: "_Line[Provider]", work: Callable[[Provider], Awaitable[Answer]]) -> Answer:
        with line.circuit.guarded():
            async with self._observed(line), self._limited(line.name):
                return await work(line.provider)

    @asynccontextmanager
    async def _observed(self, line: "_Line[Provider]") -> AsyncIterator[None]:
        began = perf_counter()
        try:
            yield
        except Exception as error:
            self._observer.attempted(line.name, perf_counter() - began, error)
            if not isinstance(error, ColonnadeError) or error.retryable:
                line.last_error, line.last_error_at = str(error), self._clock.now()
            raise
        self._observer.attempted(line.name, perf_counter() - began, None)
        line.last_success_at = self._clock.now()

    @asynccontextmanager
    async def _limited(self, name: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._policy.timeout_seconds):
                yield
        except TimeoutError as error:
            raise Unavailable(f"{name} did not answer in time", provider=name) from error


class _Line(Generic[Provider]):
    """One provider with its circuit and what is known of it."""

    def __init__(self, name: str, provider: Provider, circuit: CircuitBreaker) -> None:
        self.name = name
        self.provider = provider
        self.circuit = circuit
        self.last_error: str | None = None
        self.last_error_at: datetime | None = None
        self.last_success_at: datetime | None = None
