"""Messages with valid content, drawn from their own types."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from polyfactory.factories.pydantic_factory import ModelFactory
from pydantic import SecretStr

import colonnade.application
from colonnade.application import identity, notifications, tasks
from colonnade.application.messaging import Message
from colonnade.core import TextValue
from colonnade.core.errors import Invalid
from colonnade.domain.projects import DEFAULT_WORKFLOW, Workflow
from colonnade.testing.clock import START

_YEAR_SECONDS = 365 * 86_400
_WITHOUT_MESSAGES = "colonnade.application.publishing."  # and some of it needs another extra

Kind = TypeVar("Kind", bound=Message[Any])  # answers of any type


def _defined() -> Iterator[type[Message[Any]]]:
    for found in pkgutil.walk_packages(colonnade.application.__path__, "colonnade.application."):
        if found.name.startswith(_WITHOUT_MESSAGES):
            continue
        for kind in vars(importlib.import_module(found.name)).values():
            if isinstance(kind, type) and issubclass(kind, Message) and kind.__module__ == found.name:
                yield kind


MESSAGES: tuple[type[Message[Any]], ...] = tuple(
    sorted((kind for kind in _defined() if "wire_name" in vars(kind)), key=lambda kind: kind.wire_name)
)
"""Every message of the product, by name; those that only the service sends among them."""


class MessageFactory:
    """Makes messages of any kind; fields can be given.

    Example:
        make = MessageFactory(seed=7)
        command = make(CreateTask, project_id=project.id)
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose # nosec B311

    def __call__(self, kind: type[Kind], /, **fields: object) -> Kind:
        """Make a message of a kind."""
        factory = _factory(kind)
        factory.seed_random(self._random.getrandbits(32))
        made: Kind = factory.build(**(_CHOICES.get(kind, {}) | fields))
        return made


_CHOICES: dict[type[Message[Any]], dict[str, Any]] = {  # what types alone do not say
    identity.Register: {"password": "correct horse battery"},  # nosec B105 # made-up data
    identity.SignIn: {"password": "correct horse battery"},  # nosec B105 # made-up data
    identity.Refresh: {"refresh_token": "0190a000-0000-7000-8000-000000000000.secret"},  # nosec B105 # made-up data
    tasks.GetTaskByKey: {"key": "WEB-12"},
    tasks.ListTasks: {"filter": "status:todo due<7d", "cursor": None},
    tasks.CountTasks: {"filter": "status:todo due<7d"},
    tasks.ImportTasks: {
        "tasks": [{"origin": {"source": "github:octo/hello#1"}, "title": "Ship it", "created_at": START}],
    },
    notifications.MarkRead: {"ids": (), "everything": True},
    notifications.Unsubscribe: {"token": "c2lnbmVk"},  # nosec B105 # made-up data
    tasks.RankTask: {"before": None, "after": UUID("0190a000-0000-7000-8000-000000000000")},
}


@cache
def _factory(kind: type[Kind]) -> type[ModelFactory[Kind]]:
    class Factory(ModelFactory[Kind]):
        __model__ = kind
        __use_defaults__ = True
        __allow_none_optionals__ = False

        @classmethod
        def get_provider_map(cls) -> dict[Any, Callable[[], Any]]:
            def moment() -> datetime:
                return START + timedelta(seconds=cls.__random__.randrange(_YEAR_SECONDS))

            texts = {text: _drawn(text, cls.__random__) for text in _texts(TextValue)}
            moments = {datetime: moment, date: lambda: moment().date()}
            return {**super().get_provider_map(), **texts, **moments, Workflow: lambda: DEFAULT_WORKFLOW}

        @classmethod
        def get_constrained_field_value(cls, annotation: Any, *args: Any, **options: Any) -> Any:  # as it is declared
            """Draw a secret as the text that it is, with the same limits."""
            return super().get_constrained_field_value(str if annotation is SecretStr else annotation, *args, **options)

    return Factory


def _drawn(kind: type[TextValue], draws: Random) -> Callable[[], TextValue]:
    """Return a function that draws texts of a kind: its example with a number, where the rule lets it have one."""

    def draw() -> TextValue:
        example, number = kind.example or "Some text", draws.randrange(1000)
        for text in (f"{number}{example}", f"{example}{number}", example):
            try:
                return kind(text)
            except Invalid:
                continue
        raise Invalid(f"{kind.__name__} has no valid example")

    return draw


def _texts(kind: type[TextValue]) -> list[type[TextValue]]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in _texts(below))]
