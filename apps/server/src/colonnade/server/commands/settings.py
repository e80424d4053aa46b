"""Settings for commands: loaded once, faults told in full."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import click
import uvloop

from colonnade.core import ColonnadeError
from colonnade.infrastructure.config import ConfigurationError, Layers, load
from colonnade.monitoring.logs import configure_logs
from colonnade.server.settings import Settings

Answer = TypeVar("Answer")

WRONG_CONFIGURATION = 2
_TOO_CHATTY = ("alembic.runtime.plugins",)


def settings_of(layers: Layers, given: dict[str, Any] | None = None) -> Settings:
    """Return the settings, or end the command with every fault that they have."""
    try:
        settings = load(Settings, replace(layers, given=given))
    except ConfigurationError as error:
        raise _Failure(error.message, WRONG_CONFIGURATION) from error
    configure_logs(level=settings.logs.level, log_format=settings.logs.format, quiet=_TOO_CHATTY)
    logging.getLogger("alembic.runtime.migration").addFilter(_is_worth_telling)
    return settings


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a command's asynchronous part, and tell what goes wrong in one sentence."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except ConfigurationError as error:
        raise _Failure(error.message, WRONG_CONFIGURATION) from error
    except ColonnadeError as error:
        raise _Failure(error.message, 1) from error
    except KeyboardInterrupt:
        raise _Failure("stopped", 130) from None


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Tell whether Alembic says what it does, and not what it finds whenever it looks at a database."""
    return record.levelno > logging.INFO or record.msg.startswith("Running")


class _Failure(click.ClickException):
    """Ends a command with one sentence and an exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click reads it from the error
