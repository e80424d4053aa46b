"""What processes send themselves, and what they listen to."""

from typing import Any

import pytest

from colonnade.application.messaging import INTERNAL, Message
from colonnade.application.processes import Process, process_subscriptions
from colonnade.application.processes.messages import ContinueProcess, EndWait
from colonnade.application.subscriptions import Mode

from .stage import Paid, Refused, Trip, payment, step, trip

DAY_SECONDS = 86_400


@pytest.mark.parametrize("kind", [ContinueProcess, EndWait])
def test_only_the_service_lets_a_process_go_on(kind: type[Message[Any]]) -> None:
    assert kind.access is INTERNAL


@pytest.mark.parametrize("kind", [ContinueProcess, EndWait])
def test_a_process_outlives_days_in_which_nothing_can_let_it_go_on(kind: type[Message[Any]]) -> None:
    """A job that gives up leaves its process hanging; a version that knows the definition may take days to come."""
    retries = kind.job_options.retries
    assert sum(retries.pause_seconds(attempt) for attempt in range(1, retries.limit)) > 3 * DAY_SECONDS


def test_processes_hear_of_what_starts_them_and_what_they_wait_for() -> None:
    """In every version, through one subscription."""
    starts: Any = {Refused: lambda event: (event.key, Trip())}
    processes: list[Process[Any]] = [trip(payment()), trip(step("flight"), version=2, starts=starts)]
    (subscription,) = process_subscriptions(processes)
    assert (subscription.name, subscription.mode) == ("processes", Mode.DURABLE)
    assert set(subscription.events) == {Paid, Refused}


def test_processes_that_wait_for_no_event_need_no_subscription() -> None:
    assert list(process_subscriptions([trip(step("flight"))])) == []
