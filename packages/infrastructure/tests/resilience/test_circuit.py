import asyncio

import pytest

from colonnade.core import Invalid, Unavailable
from colonnade.infrastructure.resilience import CircuitBreaker, CircuitOpen, CircuitState
from colonnade.testing import FrozenClock

THRESHOLD = 3
RECOVERY_SECONDS = 30.0


class Changes(list[CircuitState]):
    def __call__(self, provider: str, state: CircuitState) -> None:
        assert provider == "relay"
        self.append(state)


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def circuit(clock: FrozenClock, changes: Changes) -> CircuitBreaker:
    return CircuitBreaker(
        "relay", failure_threshold=THRESHOLD, recovery_seconds=RECOVERY_SECONDS, clock=clock, changed=changes
    )


def end(circuit: CircuitBreaker, error: BaseException | None = None) -> None:
    with circuit.guarded():
        if error is not None:
            raise error


def fail(circuit: CircuitBreaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(Unavailable, match="down"):
            end(circuit, Unavailable("down"))


def test_a_circuit_opens_at_the_threshold_and_lets_nobody_through(circuit: CircuitBreaker, changes: Changes) -> None:
    fail(circuit, THRESHOLD - 1)
    assert circuit.state is CircuitState.CLOSED
    fail(circuit)
    assert circuit.state is CircuitState.OPEN
    with pytest.raises(CircuitOpen) as refusal:
        end(circuit, AssertionError("must not run"))
    assert refusal.value.retryable
    assert changes == [CircuitState.OPEN]


def test_only_failures_in_a_row_count(circuit: CircuitBreaker) -> None:
    fail(circuit, THRESHOLD - 1)
    end(circuit)
    fail(circuit, THRESHOLD - 1)
    assert circuit.state is CircuitState.CLOSED


def test_a_refusal_is_an_answer(circuit: CircuitBreaker) -> None:
    fail(circuit, THRESHOLD - 1)
    with pytest.raises(Invalid):
        end(circuit, Invalid("no such address"))
    fail(circuit, THRESHOLD - 1)
    assert circuit.state is CircuitState.CLOSED


@pytest.mark.parametrize("error", [asyncio.CancelledError(), TypeError("a bug")])
def test_what_says_nothing_about_the_provider_does_not_count(circuit: CircuitBreaker, error: BaseException) -> None:
    fail(circuit, THRESHOLD - 1)
    with pytest.raises(type(error)):
        end(circuit, error)
    assert circuit.state is CircuitState.CLOSED
    fail(circuit)
    assert circuit.state is CircuitState.OPEN


def test_a_probe_that_succeeds_closes_the_circuit(
    circuit: CircuitBreaker, clock: FrozenClock, changes: Changes
) -> None:
    fail(circuit, THRESHOLD)
    clock.advance(seconds=RECOVERY_SECONDS)
    assert circuit.state is CircuitState.HALF_OPEN
    end(circuit)
    assert circuit.state is CircuitState.CLOSED
    assert changes == [CircuitState.OPEN, CircuitState.HALF_OPEN, CircuitState.CLOSED]
    fail(circuit, THRESHOLD - 1)
    assert circuit.state is CircuitState.CLOSED


def test_a_probe_that_fails_opens_it_for_another_while(circuit: CircuitBreaker, clock: FrozenClock) -> None:
    fail(circuit, THRESHOLD)
    clock.advance(seconds=RECOVERY_SECONDS)
    fail(circuit)
    clock.advance(seconds=RECOVERY_SECONDS - 1)
    assert circuit.state is CircuitState.OPEN
    clock.advance(seconds=1)
    end(circuit)
    assert circuit.state is CircuitState.CLOSED


def test_one_call_at_a_time_probes(circuit: CircuitBreaker, clock: FrozenClock) -> None:
    fail(circuit, THRESHOLD)
    clock.advance(seconds=RECOVERY_SECONDS)
    with circuit.guarded():
        assert circuit.state is CircuitState.HALF_OPEN
        with pytest.raises(CircuitOpen):
            end(circuit)
    assert circuit.state is CircuitState.CLOSED


def test_a_cancelled_probe_leaves_the_place_to_the_next(circuit: CircuitBreaker, clock: FrozenClock) -> None:
    fail(circuit, THRESHOLD)
    clock.advance(seconds=RECOVERY_SECONDS)
    with pytest.raises(asyncio.CancelledError):
        end(circuit, asyncio.CancelledError())
    end(circuit)
    assert circuit.state is CircuitState.CLOSED


def test_a_call_that_began_before_the_circuit_opened_does_not_close_it(circuit: CircuitBreaker) -> None:
    with circuit.guarded():
        fail(circuit, THRESHOLD)
    assert circuit.state is CircuitState.OPEN


def test_a_clock_that_jumps_back_does_not_keep_the_circuit_open(circuit: CircuitBreaker, clock: FrozenClock) -> None:
    fail(circuit, THRESHOLD)
    clock.advance(hours=-5)
    end(circuit)
    assert circuit.state is CircuitState.CLOSED
