"""The memory of ids forgets in time, keeps within its bounds, and lets nothing in twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from colonnade.core import Unavailable
from colonnade.security.webhooks import SeenIds

from .clock import MovableClock


@pytest.fixture
def clock() -> MovableClock:
    """Time."""
    return MovableClock()


def test_an_id_is_new_once(clock: MovableClock) -> None:
    seen = SeenIds(clock)

    assert [seen("a"), seen("b"), seen("a"), seen("a")] == [False, False, True, True]


def test_an_id_is_forgotten_when_its_time_is_over(clock: MovableClock) -> None:
    seen = SeenIds(clock, remember_seconds=600)
    seen("a")
    clock.advance(600)
    assert seen("a")
    clock.advance(0.5)

    assert not seen("a")


def test_asking_again_does_not_lengthen_the_time(clock: MovableClock) -> None:
    seen = SeenIds(clock, remember_seconds=600)
    seen("a")
    clock.advance(400)
    seen("a")
    clock.advance(201)

    assert not seen("a")


def test_when_full_it_takes_no_more_rather_than_forget_early(clock: MovableClock) -> None:
    """The sender tries again, and then there is room."""
    seen = SeenIds(clock, remember_seconds=600, capacity=2)
    seen("a")
    clock.advance(1)
    seen("b")
    with pytest.raises(Unavailable) as refused:
        seen("c")
    assert refused.value.retryable
    assert seen("a")
    clock.advance(600)

    assert not seen("c")


def test_an_id_that_could_not_be_dealt_with_is_let_in_again(clock: MovableClock) -> None:
    seen = SeenIds(clock)
    seen("a")
    seen.forget("a")
    seen.forget("never there")

    assert not seen("a")


def test_of_many_threads_one_is_the_first(clock: MovableClock) -> None:
    seen = SeenIds(clock)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: seen(str(number % 50)), range(2000)))

    assert answers.count(False) == 50
