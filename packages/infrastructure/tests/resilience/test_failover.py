import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from colonnade.core import ColonnadeError, Invalid, Unavailable
from colonnade.infrastructure.resilience import CircuitState, Failover, ResiliencePolicy
from colonnade.testing import FrozenClock

POLICY = ResiliencePolicy(attempts=3, pause_seconds=0, jitter_seconds=0, failure_threshold=6, recovery_seconds=60)


class Observations:
    def __init__(self) -> None:
        self.attempts: list[tuple[str, str | None]] = []
        self.seconds: list[float] = []
        self.circuits: list[tuple[str, CircuitState]] = []

    def attempted(self, provider: str, seconds: float, error: Exception | None) -> None:
        self.seconds.append(seconds)
        self.attempts.append((provider, error.code if isinstance(error, ColonnadeError) else None))

    def circuit_changed(self, provider: str, state: CircuitState) -> None:
        self.circuits.append((provider, state))


class Pauses(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


class Relay:
    """A service that ends each call as it is told to, by default well."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.outcomes: list[Exception | Callable[[], Awaitable[None]]] = []
        self.calls = 0

    async def ask(self) -> str:
        self.calls += 1
        if self.outcomes:
            outcome = self.outcomes.pop(0)
            if isinstance(outcome, Exception):
                raise outcome
            await outcome()
        return self.name


class House:
    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.first, self.second = Relay("first"), Relay("second")
        self.observations, self.pauses = Observations(), Pauses()

    def failover(self, policy: ResiliencePolicy = POLICY) -> Failover[Relay]:
        return Failover(
            {"first": self.first, "second": self.second},
            policy,
            clock=self.clock,
            observer=self.observations,
            sleep=self.pauses,
        )


@pytest.fixture
def relays(clock: FrozenClock) -> House:
    return House(clock)


async def forever() -> None:
    await asyncio.Event().wait()


def down(times: int) -> list[Exception | Callable[[], Awaitable[None]]]:
    return [Unavailable("is down") for _ in range(times)]


async def test_the_first_provider_that_answers_is_the_only_one_asked(relays: House) -> None:
    assert await relays.failover().call(Relay.ask) == "first"
    assert (relays.first.calls, relays.second.calls) == (1, 0)
    assert relays.observations.attempts == [("first", None)]
    assert relays.observations.seconds[0] >= 0


async def test_a_retryable_failure_is_tried_again(relays: House) -> None:
    relays.first.outcomes = down(POLICY.attempts - 1)
    assert await relays.failover().call(Relay.ask) == "first"
    assert relays.first.calls == POLICY.attempts
    assert relays.second.calls == 0


async def test_after_its_attempts_the_next_provider_is_asked(relays: House) -> None:
    relays.first.outcomes = down(POLICY.attempts)
    assert await relays.failover().call(Relay.ask) == "second"
    assert Counter(relays.observations.attempts) == {("first", "unavailable"): POLICY.attempts, ("second", None): 1}


async def test_a_refusal_is_neither_tried_again_nor_failed_over(relays: House) -> None:
    refusal = Invalid("no such address")
    relays.first.outcomes = [refusal]
    failover = relays.failover()
    with pytest.raises(Invalid) as raised:
        await failover.call(Relay.ask)
    assert raised.value is refusal
    assert (relays.first.calls, relays.second.calls) == (1, 0)
    assert failover.health()[0].last_error is None


async def test_a_bug_is_not_hidden_by_the_next_provider(relays: House) -> None:
    relays.first.outcomes = [TypeError("a bug")]
    with pytest.raises(TypeError):
        await relays.failover().call(Relay.ask)
    assert (relays.first.calls, relays.second.calls) == (1, 0)


async def test_when_nobody_answers_the_error_says_why_by_name(relays: House) -> None:
    relays.first.outcomes, relays.second.outcomes = down(POLICY.attempts), [Unavailable("is full")] * POLICY.attempts
    with pytest.raises(Unavailable) as raised:
        await relays.failover().call(Relay.ask)
    assert raised.value.facts == {"failures": {"first": "is down", "second": "is full"}}
    assert isinstance(raised.value.__cause__, Unavailable)


async def test_a_provider_that_hangs_is_cut_off(relays: House) -> None:
    relays.first.outcomes = [forever]
    failover = relays.failover(replace(POLICY, timeout_seconds=0.01, attempts=1))
    assert await failover.call(Relay.ask) == "second"
    assert failover.health()[0].last_error == "first did not answer in time"


async def test_a_cancelled_call_ends_at_once_and_counts_as_nothing(relays: House) -> None:
    reached = asyncio.Event()

    async def hang() -> None:
        reached.set()
        await forever()

    relays.first.outcomes = [hang]
    failover = relays.failover(replace(POLICY, failure_threshold=1))
    call = asyncio.ensure_future(failover.call(Relay.ask))
    async with asyncio.timeout(5):
        await reached.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (relays.first.calls, relays.second.calls) == (1, 0)
    assert failover.health()[0].circuit is CircuitState.CLOSED


async def test_pauses_double_up_to_the_longest(relays: House) -> None:
    policy = replace(POLICY, attempts=6, pause_seconds=0.5, longest_pause_seconds=3)
    relays.first.outcomes = down(policy.attempts - 1)
    await relays.failover(policy).call(Relay.ask)
    assert relays.pauses == [0.5, 1, 2, 3, 3]


async def test_jitter_lengthens_each_pause_by_chance(relays: House) -> None:
    policy = replace(POLICY, attempts=2, pause_seconds=1, jitter_seconds=0.5, longest_pause_seconds=10)
    failover = relays.failover(replace(policy, failure_threshold=100))
    for _ in range(20):
        relays.first.outcomes = down(1)
        await failover.call(Relay.ask)
    assert all(1 <= pause <= 1.5 for pause in relays.pauses)
    assert len(set(relays.pauses)) > 1


async def test_a_pause_that_the_provider_asks_for_is_kept(relays: House) -> None:
    relays.first.outcomes = [Unavailable("slow down", retry_after_seconds=7)]
    await relays.failover(replace(POLICY, pause_seconds=1)).call(Relay.ask)
    assert relays.pauses == [7]


async def test_a_provider_that_asks_for_too_long_a_pause_is_passed_over(relays: House) -> None:
    relays.first.outcomes = [Unavailable("slow down", retry_after_seconds=POLICY.longest_pause_seconds + 1)]
    assert await relays.failover().call(Relay.ask) == "second"
    assert relays.first.calls == 1
    assert relays.pauses == []


async def test_an_open_circuit_is_passed_over_until_it_recovers(relays: House, clock: FrozenClock) -> None:
    failover = relays.failover(replace(POLICY, failure_threshold=3))
    relays.first.outcomes = down(3)
    assert await failover.call(Relay.ask) == "second"
    assert relays.observations.circuits == [("first", CircuitState.OPEN)]

    assert await failover.call(Relay.ask) == "second"
    assert relays.first.calls == 3

    clock.advance(seconds=POLICY.recovery_seconds)
    assert await failover.call(Relay.ask) == "first"
    assert relays.observations.circuits[1:] == [("first", CircuitState.HALF_OPEN), ("first", CircuitState.CLOSED)]


async def test_a_circuit_that_opens_between_attempts_ends_them(relays: House) -> None:
    relays.first.outcomes = down(3)
    assert await relays.failover(replace(POLICY, failure_threshold=2)).call(Relay.ask) == "second"
    assert relays.first.calls == 2
    assert len(relays.pauses) == 1


async def test_with_every_circuit_open_the_error_still_says_what_went_wrong(relays: House) -> None:
    failover = relays.failover(replace(POLICY, failure_threshold=1))
    relays.first.outcomes, relays.second.outcomes = down(1), down(1)
    for _ in range(2):
        with pytest.raises(Unavailable) as raised:
            await failover.call(Relay.ask)
        assert raised.value.facts == {"failures": {"first": "is down", "second": "is down"}}
    assert (relays.first.calls, relays.second.calls) == (1, 1)


async def test_health_tells_each_providers_circuit_and_last_outcomes(relays: House, clock: FrozenClock) -> None:
    failover = relays.failover(replace(POLICY, attempts=1, failure_threshold=2))
    assert [(health.provider, health.circuit, *health[2:]) for health in failover.health()] == [
        ("first", CircuitState.CLOSED, None, None, None),
        ("second", CircuitState.CLOSED, None, None, None),
    ]
    succeeded_at = clock.now()
    await failover.call(Relay.ask)
    failed_at = clock.advance(minutes=1)
    relays.first.outcomes = down(2)
    await failover.call(Relay.ask)
    await failover.call(Relay.ask)
    first, second = failover.health()
    assert first == ("first", CircuitState.OPEN, "is down", failed_at, succeeded_at)
    assert second == ("second", CircuitState.CLOSED, None, None, failed_at)


def test_a_service_without_providers_is_refused(clock: FrozenClock) -> None:
    with pytest.raises(Invalid, match="at least one provider"):
        Failover({}, POLICY, clock=clock)


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"timeout_seconds": 0}, {"pause_seconds": -1}])
def test_a_policy_refuses_numbers_that_make_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(Invalid) as raised:
        replace(POLICY, **wrong)
    assert raised.value.facts == {"field": next(iter(wrong))}
