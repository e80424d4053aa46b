"""Who guesses waits, longer each time, and not for ever."""

import pytest

from colonnade.core.errors import LimitExceeded
from colonnade.security.throttling import GrowingDelay, MemoryTurns, network_of

from .clock import MovableClock

DELAY = GrowingDelay(free=3, first_seconds=1, longest_seconds=10, forget_seconds=3600)


def test_waits_double_up_to_the_longest() -> None:
    assert [DELAY.seconds(failures) for failures in range(1, 9)] == [0, 0, 1, 2, 4, 8, 10, 10]
    assert DELAY.seconds(10**9) == 10
    assert DELAY.steps() == [(3, 1), (4, 2), (5, 4), (6, 8), (7, 10)]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1%eth0", "2001:db8:1:2::"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_of_ipv6_is_one_guesser(address: str, network: str) -> None:
    """Whoever has a /64 has more addresses than there are guesses."""
    assert network_of(address) == network


async def test_turns_are_given_until_too_many_failed() -> None:
    """A turn that comes too early is refused with how long to wait, and is not counted."""
    clock = MovableClock()
    turns = MemoryTurns(clock)
    for _ in range(3):
        await turns.take("ada", DELAY)
    for _ in range(5):
        with pytest.raises(LimitExceeded) as refused:
            await turns.take("ada", DELAY)
        assert refused.value.facts["retry_after_seconds"] == 1
    await turns.take("ben", DELAY)
    clock.advance(1)
    assert await turns.blocked_until("ada") is None
    await turns.take("ada", DELAY)
    with pytest.raises(LimitExceeded) as refused:
        await turns.take("ada", DELAY)
    assert refused.value.facts["retry_after_seconds"] == 2


async def test_failures_are_forgotten_after_a_silence_or_a_success() -> None:
    clock = MovableClock()
    turns = MemoryTurns(clock)
    for forget in (lambda: clock.advance(3600), lambda: turns.forget("ada")):
        for _ in range(3):
            await turns.take("ada", DELAY)
        forget()
        await turns.take("ada", DELAY)
        turns.forget("ada")
