"""The product is whole: everything that its modules declare takes part, and nothing stands in another's way."""

import importlib
import pkgutil
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

import colonnade.application
from colonnade.api.work import CONTRACT
from colonnade.application.messaging import INTERNAL, Errand, Handlers, Message
from colonnade.application.processes import ProcessDefinitions
from colonnade.application.subscriptions import SubscriptionCatalogue, Subscriptions
from colonnade.core import SystemClock
from colonnade.infrastructure.jobs.schedules import next_turn
from colonnade.infrastructure.work import EVENT_TYPES
from colonnade.server.product import HANDLERS, PROCESSES, SCHEDULES, SUBSCRIPTIONS, WEBHOOK_EVENTS

CONTEXTS = ("audit", "collaboration", "identity", "integrations", "notifications", "projects", "tasks", "workspaces")


def modules() -> list[Any]:
    """Return every module of the application, and those in the infrastructure that belong to a context."""
    names = [f"colonnade.infrastructure.{context}" for context in (*CONTEXTS, "operations")]
    packages = [colonnade.application, *(importlib.import_module(name) for name in names)]
    return [
        importlib.import_module(found.name)
        for package in packages
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]


MODULES = modules()
HANDLED = [kind for handlers in HANDLERS for kind, _ in handlers]


def declared(kind: type[Any]) -> list[Any]:
    """Return what modules declare in collections of a kind."""
    collections = {id(value): value for module in MODULES for value in vars(module).values() if isinstance(value, kind)}
    return [one for collection in collections.values() for one in collection]


def messages() -> set[type[Message[Any]]]:
    """Return every message that the application defines."""
    return {
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Message) and "wire_name" in vars(value)
    }


def test_every_message_has_one_handler() -> None:
    """Those of the contract, and those that only the service itself sends."""
    assert set(HANDLED) == messages()
    assert [kind for kind, count in Counter(HANDLED).items() if count > 1] == []


def test_every_handler_that_a_module_declares_takes_part() -> None:
    """None was forgotten by the composition root."""
    assert {kind for kind, _ in declared(Handlers)} == set(HANDLED)


def test_what_has_no_row_is_sent_by_the_service_alone() -> None:
    """And what only the service sends has none."""
    assert {kind for kind in HANDLED if kind.access is not INTERNAL} == set(CONTRACT.messages())
    assert all(kind.access is INTERNAL for kind in HANDLED if issubclass(kind, Errand))


def test_every_subscription_that_a_module_declares_takes_part() -> None:
    """Besides those that are made of all publications and all processes."""
    assert {one.name for one in declared(Subscriptions)} <= {one.name for one in SUBSCRIPTIONS}
    assert {"publishing.relay", "integrations.webhooks"} <= {one.name for one in SUBSCRIPTIONS}


def test_two_subscriptions_of_one_name_are_refused() -> None:
    """One of them would be lost without a word otherwise, or both would share a checkpoint."""
    first = next(iter(SUBSCRIPTIONS))
    with pytest.raises(TypeError, match=first.name):
        SubscriptionCatalogue([*SUBSCRIPTIONS, replace(first, partitions=first.partitions + 1)])


@pytest.mark.parametrize("subscription", list(SUBSCRIPTIONS), ids=lambda one: one.name)
def test_the_server_can_read_every_event_that_is_subscribed_to(subscription: Any) -> None:
    """What comes after the commit comes from the log, and needs a class there."""
    assert subscription.events
    assert set(subscription.events) <= set(EVENT_TYPES)


def test_schedules_have_names_of_their_own_and_turns() -> None:
    """Each is of a message that the server handles."""
    names = [schedule.name for schedule in SCHEDULES]
    assert sorted(names) == sorted(set(names))
    now = SystemClock().now()
    for schedule in SCHEDULES:
        assert next_turn(schedule, now) > now
        assert type(schedule.make()) in HANDLED


def test_processes_have_names_of_their_own() -> None:
    """Each begins with its context's."""
    assert set(ProcessDefinitions(PROCESSES).newest()) == {process.name for process in PROCESSES}
    assert {process.name.partition(".")[0] for process in PROCESSES} <= set(CONTEXTS)


def test_webhooks_can_be_told_of_what_the_server_can_read() -> None:
    """Every kind of domain event behind what is published."""
    assert set(WEBHOOK_EVENTS.kinds) <= set(EVENT_TYPES)
    assert "tasks.task_assigned" in {kind.event_type for kind in WEBHOOK_EVENTS.kinds}
