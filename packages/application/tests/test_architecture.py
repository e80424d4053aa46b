"""What holds for every message of every context."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
from pydantic import BaseModel, SecretStr, TypeAdapter

from colonnade.application import Command, Handlers, Message, Query
from colonnade.application.jobs import Schedule, Schedules
from colonnade.application.messaging import INTERNAL, Errand, OpenTo, VersionedCommand
from colonnade.application.operations import OperationsPermission
from colonnade.application.subscriptions import Subscription, Subscriptions
from colonnade.core import DomainEvent
from colonnade.domain.projects import ProjectRepository
from colonnade.domain.tasks import TaskRepository
from colonnade.domain.workspaces import Permission, WorkspaceId

CONTEXTS = ("identity", "workspaces", "projects", "tasks", "integrations", "notifications")
SECRET_WORDS = ("password", "secret", "token")
READ_BY_MANAGERS = {
    "access.explain",
    "workspaces.list_processes",
    "workspaces.get_process",
    "webhooks.list",
    "webhooks.get",
    "webhooks.deliveries",
    "webhooks.delivery",
    "webhooks.event_types",
}
NAMED_OTHERWISE = {
    "integrations": {"webhooks"},
    "identity": {"identity", "sessions", "tokens", "device", "passkeys", "second_factor"},
    "workspaces": {"workspaces", "roles", "access"},
}
"""What the world calls the parts of a context."""
SENSITIVE = {
    "device.decide",
    "identity.appoint_operator",
    "identity.change_password",
    "identity.dismiss_operator",
    "identity.erase_account",
    "identity.link_provider",
    "identity.request_email_change",
    "identity.request_personal_data",
    "identity.unlink_provider",
    "passkeys.begin_registration",
    "passkeys.finish_registration",
    "passkeys.remove",
    "roles.define",
    "second_factor.disable",
    "second_factor.recovery_codes",
    "second_factor.set_up",
    "tokens.create",
    "workspaces.export",
}
"""What a stolen access token must not be enough for."""
TENANT_BOUND = {ProjectRepository, TaskRepository, WorkspaceId}


def modules() -> Iterator[Any]:
    """Yield every module of the contexts."""
    for context in CONTEXTS:
        package = importlib.import_module(f"colonnade.application.{context}")
        yield package
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(module.name)


def defined(root: type[Any]) -> list[type[Any]]:
    """Return the subclasses of a class that the contexts define, by name."""
    found = {
        value
        for module in modules()
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, root)
        and value.__module__ == module.__name__
        and "[" not in value.__name__  # pydantic's own, such as Command[TaskView]
    }
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


MESSAGES: list[type[Message[Any]]] = defined(Message)
MODELS: list[type[BaseModel]] = defined(BaseModel)


def test_the_messages_are_found() -> None:
    """Otherwise nothing below would prove anything."""
    assert {"SignIn", "CreateWorkspace", "CreateProject", "CreateTask", "ListTasks"} <= {m.__name__ for m in MESSAGES}


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_that_needs_a_permission_says_in_which_workspace(kind: type[Message[Any]]) -> None:
    """The policy reads it there; what is open to all, to the signed in, to operators or the service does without."""
    if isinstance(kind.access, OpenTo | OperationsPermission):
        return
    assert isinstance(kind.access, Permission)
    assert kind.model_fields["workspace_id"].annotation is WorkspaceId
    assert kind.model_fields["workspace_id"].is_required()


def asks_for_a_tenant(function: Any) -> bool:
    """Tell whether a handler or a subscription works on the data of one workspace."""
    return not TENANT_BOUND.isdisjoint(list(get_type_hints(function).values())[1:])


def test_whatever_works_on_a_workspace_says_on_which() -> None:
    """What handlers and subscriptions ask for is bound to it, whoever sends the message: the service itself, too."""
    subjects = [
        kind for module in modules() for kind, handler in getattr(module, "handlers", ()) if asks_for_a_tenant(handler)
    ]
    subjects += [
        event
        for module in modules()
        for collected in vars(module).values()
        if isinstance(collected, Subscriptions)
        for subscription in collected
        if asks_for_a_tenant(subscription.reaction)
        for event in subscription.events
    ]

    assert "CreateTask" in {kind.__name__ for kind in subjects}
    for kind in subjects:
        info = kind.model_fields.get("workspace_id")
        assert info is not None, kind
        assert info.annotation in ({WorkspaceId, UUID} if issubclass(kind, DomainEvent) else {WorkspaceId}), kind
        assert info.is_required(), kind


@pytest.mark.parametrize("collection", [Subscriptions, Schedules])
def test_what_is_kept_under_a_name_has_one_of_its_own(collection: type[Any]) -> None:
    """Checkpoints and turns would be mixed up otherwise; each name begins with its context."""
    declared: list[tuple[str, Subscription | Schedule]] = [
        (module.__name__.split(".")[2], one)
        for module in modules()
        for collected in vars(module).values()
        if isinstance(collected, collection)
        for one in collected
    ]
    names = [one.name for _, one in declared]

    assert names
    assert sorted(names) == sorted(set(names))
    assert all(one.name.startswith(f"{context}.") for context, one in declared)


def test_what_runs_by_the_clock_is_sent_by_the_service() -> None:
    """Nobody else is there to send it."""
    schedules = [
        schedule
        for module in modules()
        for collected in vars(module).values()
        if isinstance(collected, Schedules)
        for schedule in collected
    ]

    assert {type(schedule.make()).access for schedule in schedules} == {INTERNAL}


def test_wire_names_are_unique() -> None:
    """One name, one message, on every transport."""
    names = [kind.wire_name for kind in MESSAGES]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_wire_name_begins_with_its_context(kind: type[Message[Any]]) -> None:
    """`<context>.<verb>`, where a context may have a name of its own for the world."""
    context, _, verb = kind.wire_name.partition(".")
    package = kind.__module__.split(".")[2]

    assert context in NAMED_OTHERWISE.get(package, {package})
    assert verb.replace("_", "").isalpha()


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_is_of_one_kind_with_an_answer_that_can_be_sent(kind: type[Message[Any]]) -> None:
    """It changes something, reads something or talks to the outside world; its docstring says what it is for."""
    assert [issubclass(kind, root) for root in (Command, Query, Errand)].count(True) == 1
    assert TypeAdapter(kind.result).json_schema(mode="serialization")
    assert kind.__doc__


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_that_needs_the_version_seen_takes_it_by_the_same_name(kind: type[Message[Any]]) -> None:
    """One field name for all, so that one rule maps it to the entity tag."""
    assert ("expected_version" in kind.model_fields) is issubclass(kind, VersionedCommand)


@pytest.mark.parametrize("kind", MODELS)
def test_no_secret_is_shown(kind: type[BaseModel]) -> None:
    """Neither by the messages that bring one nor by the views that answer with one."""
    for name, info in kind.model_fields.items():
        if any(word in name for word in SECRET_WORDS) and not name.endswith(("_type", "_id")):
            assert info.annotation is SecretStr or not info.repr, f"{kind.__name__}.{name} is shown by repr"


@pytest.mark.parametrize(
    "kind", [kind for kind in MODELS if SecretStr in {f.annotation for f in kind.model_fields.values()}]
)
def test_a_secret_is_masked_in_text_and_plain_on_the_wire(kind: type[BaseModel]) -> None:
    """A log shows stars, the server gets what was typed."""
    fields = {"email": "ada@example.com", "name": "Ada", "credential": {}}
    secrets = {name: "correct horse" for name, info in kind.model_fields.items() if info.annotation is SecretStr}
    message = kind.model_validate({name: fields[name] for name in kind.model_fields if name in fields} | secrets)

    assert "correct horse" not in f"{message!r} {message!s} {message.model_dump()}"
    assert message.model_dump_json().count("correct horse") == len(secrets)


def test_errands_are_sent_by_the_service() -> None:
    """They are jobs: somebody who waits for a mail server would wait for long."""
    assert not [kind for kind in MESSAGES if issubclass(kind, Errand) and kind.access is not INTERNAL]


def test_each_command_has_one_handler_here() -> None:
    """Queries are answered in the infrastructure; errands there, or here if all they need is behind ports."""
    handled = [kind for module in modules() for kind, _ in getattr(module, "handlers", ())]

    assert len(handled) == len(set(handled))
    assert {kind for kind in handled if not issubclass(kind, Errand)} == {
        kind for kind in MESSAGES if issubclass(kind, Command)
    }


def test_handlers_are_collected_where_they_are_defined() -> None:
    """A module's handlers are of that module, so that the composition root can leave one out."""
    for module in modules():
        collected = getattr(module, "handlers", None)
        if isinstance(collected, Handlers):
            assert {handler.__module__ for _, handler in collected} == {module.__name__}


@pytest.mark.parametrize("kind", MESSAGES)
def test_only_reading_permissions_guard_queries(kind: type[Message[Any]]) -> None:
    """Unless only managers may read it; and only queries, or leaving, are guarded by nothing more."""
    if isinstance(kind.access, Permission | OperationsPermission) and kind.wire_name not in {
        "workspaces.leave",
        *READ_BY_MANAGERS,
    }:
        assert issubclass(kind, Query) is kind.access.endswith(".read")


def test_what_only_managers_read_is_read_by_managers_only() -> None:
    """Each of them is a query that is there, and guarded by more than a permission to read."""
    kinds = [kind for kind in MESSAGES if kind.wire_name in READ_BY_MANAGERS]

    assert {kind.wire_name for kind in kinds} == READ_BY_MANAGERS
    assert all(issubclass(kind, Query) and str(kind.access).endswith(".manage") for kind in kinds)


@pytest.mark.parametrize("kind", MODELS)
def test_models_are_frozen(kind: type[BaseModel]) -> None:
    """Messages and views are values."""
    assert kind.model_config.get("frozen")


def test_no_optional_answer_is_hidden_in_a_union() -> None:
    """What is missing is `NotFound`, not `None`."""
    assert not [kind for kind in MESSAGES if kind.result is not None and type(None) in get_args(kind.result)]


def test_what_is_sensitive_asks_for_a_fresh_proof() -> None:
    """Whatever changes who gets in, gives power away, or takes everything out."""
    assert {message.wire_name for message in MESSAGES if message.step_up} >= SENSITIVE
