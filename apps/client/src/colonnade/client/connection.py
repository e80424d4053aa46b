"""From a command to the server and back: the bus, and errors as one sentence with an exit code."""

import asyncio
import platform
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
from pydantic import ValidationError

from colonnade.api.client import HttpBus, Tokens
from colonnade.api.problems import invalid_message
from colonnade.api.work import CONTRACT
from colonnade.application.identity import Refresh
from colonnade.client.credentials import credentials_of
from colonnade.client.proving import ProvingBus
from colonnade.client.state import SERVER_VARIABLE, State, config_folder
from colonnade.client.table import INTERRUPTED
from colonnade.core import (
    ColonnadeError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from colonnade.core.errors import StaleVersion

Answer = TypeVar("Answer")

_EXIT_CODES: tuple[tuple[type[ColonnadeError], int], ...] = (
    (Unauthenticated, 3),
    (NotFound, 4),
    (StaleVersion, 5),
    (Conflict, 5),
    (Invalid, 6),
    (Unavailable, 7),
    (Forbidden, 8),
)


class Connection:
    """A command's way to the server.

    Attributes:
        bus: Takes messages there.
        state: What is remembered.
        server: Its address.
    """

    def __init__(self, bus: HttpBus, state: State, server: str) -> None:
        self.bus = bus
        self.state = state
        self.server = server


class Failure(click.ClickException):
    """Ends a command with one sentence and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it from the error


def run(
    work: Callable[[Connection], Awaitable[Answer]], *, server: str | None = None, token: str | None = None
) -> Answer:
    """Do a command's work with a connection.

    Args:
        work: What to do.
        server: The server to talk to; the one in use if not said.
        token: A personal token to show; that of the environment, or the sign-in, if not said.

    Raises:
        Failure: It did not work; one sentence says why.
    """
    state = State(config_folder())
    address = server or state.server
    if address is None:
        raise Failure(
            f"no server is known yet: sign in with 'colonnade login --server https://…', or set {SERVER_VARIABLE}", 3
        )
    try:
        return asyncio.run(_connected(work, state, address.rstrip("/"), token))
    except ColonnadeError as error:
        raise Failure(_sentence(error), exit_code_of(error)) from error
    except ValidationError as error:  # a message that the person's words make is refused before it is sent
        fields = {fault["loc"][0]: None for fault in error.errors() if fault["loc"]}
        raise Failure(invalid_message(error, fields).message, exit_code_of(Invalid(""))) from error
    except KeyboardInterrupt:
        raise Failure("stopped", INTERRUPTED) from None


def exit_code_of(error: ColonnadeError) -> int:
    """Return the exit code of a kind of error."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 1)


async def _connected(
    work: Callable[[Connection], Awaitable[Answer]], state: State, server: str, token: str | None
) -> Answer:
    credentials = credentials_of(server, config_folder(), token)
    bus = ProvingBus(server, CONTRACT, credentials=credentials, refresh_with=_refresh, agent=_agent())
    async with bus:
        return await work(Connection(bus, state, server))


def _agent() -> str:
    system = platform.system()
    return f"colonnade ({'Mac OS' if system == 'Darwin' else system})"


def _refresh(tokens: Tokens) -> Refresh:
    if not tokens.refresh_token:
        raise Unauthenticated("this token is not good, or not any more: 'colonnade tokens create' makes another one")
    return Refresh.model_validate({"refresh_token": tokens.refresh_token})


def _sentence(error: ColonnadeError) -> str:
    field = error.facts.get("field")
    names_it = field is None or str(field) in error.message or not isinstance(error, Invalid)
    return error.message if names_it else f"{field}: {error.message}"
