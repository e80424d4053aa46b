"""Retry policies: how often, and after which pauses."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.application import Command
from colonnade.application.messaging import INTERNAL, JobOptions, RetryPolicy

JITTER = 0.25

policies = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 50),
    first_pause_seconds=st.floats(0.001, 60),
    longest_pause_seconds=st.floats(60, 86_400),
)


@given(policy=policies, attempt=st.integers(1, 10_000))
def test_a_pause_doubles_until_it_is_the_longest(policy: RetryPolicy, attempt: int) -> None:
    planned = min(policy.first_pause_seconds * 2 ** min(attempt - 1, 30), policy.longest_pause_seconds)
    assert (1 - JITTER) * planned <= policy.pause_seconds(attempt) <= (1 + JITTER) * planned


@given(attempt=st.integers(1, 10_000))
def test_no_pause_is_longer_than_a_time_can_be(attempt: int) -> None:
    """However often something was down, the next attempt is a moment that a calendar has."""
    assert timedelta(seconds=RetryPolicy().pause_seconds(attempt)) <= timedelta(seconds=750)


@given(pauses=st.lists(st.floats(0.1, 90_000), min_size=1, max_size=12), attempt=st.integers(1, 30))
def test_named_pauses_are_kept_and_say_how_often(pauses: list[float], attempt: int) -> None:
    policy = RetryPolicy(attempts=99, pauses_seconds=tuple(pauses))
    planned = pauses[min(attempt, len(pauses)) - 1]
    assert policy.limit == len(pauses) + 1
    assert (1 - JITTER) * planned <= policy.pause_seconds(attempt) <= (1 + JITTER) * planned


@given(attempts=st.integers(1, 100))
def test_without_named_pauses_the_attempts_are_the_limit(attempts: int) -> None:
    assert RetryPolicy(attempts=attempts).limit == attempts


def test_pauses_differ_so_that_not_all_come_back_at_once() -> None:
    assert len({RetryPolicy().pause_seconds(5) for _ in range(20)}) > 1


def test_options_are_those_of_the_class_of_the_message_and_are_inherited() -> None:
    often = JobOptions(queue="mail", priority=5, retries=RetryPolicy(attempts=50))

    class Plain(Command[None], name="tests.plain", requires=INTERNAL):
        pass

    class Often(Command[None], name="tests.often", requires=INTERNAL, job=often):
        pass

    class Child(Often, name="tests.child", requires=INTERNAL):
        pass

    assert Plain.job_options == JobOptions("default", 0, RetryPolicy())
    assert Often.job_options is Child.job_options is often


@pytest.mark.parametrize("field", ["attempts", "queue"])
def test_policies_and_options_cannot_be_changed(field: str) -> None:
    target = RetryPolicy() if field == "attempts" else JobOptions()
    with pytest.raises(AttributeError):
        setattr(target, field, 1)
