"""What holds for every message of every context."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, SecretStr, TypeAdapter

from colonnade.application import Command, Handlers, Message, Query
from colonnade.application.messaging import OpenTo, VersionedCommand
from colonnade.domain.workspaces import Permission, WorkspaceId

CONTEXTS = ("identity", "workspaces", "projects", "tasks")
SECRET_WORDS = ("password", "secret", "token")


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
    """The policy reads it there; only what is open to all or to those signed in may do without."""
    if isinstance(kind.access, OpenTo):
        return
    assert isinstance(kind.access, Permission)
    assert kind.model_fields["workspace_id"].annotation is WorkspaceId
    assert kind.model_fields["workspace_id"].is_required()


def test_wire_names_are_unique() -> None:
    """One name, one message, on every transport."""
    names = [kind.wire_name for kind in MESSAGES]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_wire_name_begins_with_its_context(kind: type[Message[Any]]) -> None:
    """`<context>.<verb>`."""
    context, _, verb = kind.wire_name.partition(".")

    assert context == kind.__module__.split(".")[2]
    assert verb.replace("_", "").isalpha()


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_is_a_command_or_a_query_with_an_answer_that_can_be_sent(kind: type[Message[Any]]) -> None:
    """And its docstring says what it is for."""
    assert issubclass(kind, Command) is not issubclass(kind, Query)
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
        if any(word in name for word in SECRET_WORDS) and name != "token_type":
            assert info.annotation is SecretStr or not info.repr, f"{kind.__name__}.{name} is shown by repr"


@pytest.mark.parametrize(
    "kind", [kind for kind in MODELS if SecretStr in {f.annotation for f in kind.model_fields.values()}]
)
def test_a_secret_is_masked_in_text_and_plain_on_the_wire(kind: type[BaseModel]) -> None:
    """A log shows stars, the server gets what was typed."""
    fields = {"email": "ada@example.com", "name": "Ada"}
    secrets = {name: "correct horse" for name, info in kind.model_fields.items() if info.annotation is SecretStr}
    message = kind.model_validate({name: fields[name] for name in kind.model_fields if name in fields} | secrets)

    assert "correct horse" not in f"{message!r} {message!s} {message.model_dump()}"
    assert message.model_dump_json().count("correct horse") == len(secrets)


def test_each_command_has_one_handler_here() -> None:
    """Handlers of queries are in the infrastructure: no context answers one here but what is its own."""
    handled = [kind for module in modules() for kind, _ in getattr(module, "handlers", ())]

    assert len(handled) == len(set(handled))
    assert set(handled) == {kind for kind in MESSAGES if issubclass(kind, Command)}


def test_handlers_are_collected_where_they_are_defined() -> None:
    """A module's handlers are of that module, so that the composition root can leave one out."""
    for module in modules():
        collected = getattr(module, "handlers", None)
        if isinstance(collected, Handlers):
            assert {handler.__module__ for _, handler in collected} == {module.__name__}


@pytest.mark.parametrize("kind", MESSAGES)
def test_only_reading_permissions_guard_queries(kind: type[Message[Any]]) -> None:
    """And only queries, or leaving, are guarded by nothing more."""
    if isinstance(kind.access, Permission) and kind.wire_name != "workspaces.leave":
        assert issubclass(kind, Query) is kind.access.endswith(".read")


@pytest.mark.parametrize("kind", MODELS)
def test_models_are_frozen(kind: type[BaseModel]) -> None:
    """Messages and views are values."""
    assert kind.model_config.get("frozen")


def test_no_optional_answer_is_hidden_in_a_union() -> None:
    """What is missing is `NotFound`, not `None`."""
    assert not [kind for kind in MESSAGES if kind.result is not None and type(None) in get_args(kind.result)]
