"""What `colonnade --help` says, and that it says it at once."""

import subprocess
import sys
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from colonnade.client import connection
from colonnade.client.group import cli
from colonnade.client.table import COMMANDS, EXIT_CODES, HELP_FLAGS, help_text

from .terminal import Terminal

LOADED = """
import sys
from colonnade.client.main import main

main()
print(*sorted(sys.modules), file=sys.stderr)
"""


def words_of(sentence: str) -> set[str]:
    """The words that carry the meaning of a short sentence."""
    small = {"a", "an", "and", "in", "is", "it", "of", "or", "that", "the", "to", "what", "who", "if", "this"}
    return {word.strip("()`,.;:").lower() for word in sentence.split()} - small


@pytest.mark.parametrize("flag", HELP_FLAGS)
def test_click_gives_the_same_help(flag: str) -> None:
    """It makes no difference whether click was loaded to answer."""
    assert CliRunner().invoke(cli, [flag]).output == help_text()


def test_the_options_of_the_help_are_those_of_the_command() -> None:
    """The text is written by hand, so that an option must not be forgotten in it."""
    options = [option for each in cli.get_params(click.Context(cli)) for option in each.opts]
    assert {option for option in options if option not in help_text()} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_loads(name: str) -> None:
    """The module that the table names has a command of that name."""
    command = import_module(COMMANDS[name].module).COMMANDS[name]
    assert command.name == name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_summary_says_what_the_command_says_of_itself(name: str) -> None:
    """A summary has at least half of its words from the first line of the command's own help."""
    command = import_module(COMMANDS[name].module).COMMANDS[name]
    summary, own = words_of(COMMANDS[name].summary), words_of(command.help.splitlines()[0])
    assert 2 * len(summary & own) >= len(summary), own


def test_no_command_is_missing_from_the_table() -> None:
    """Each module of commands offers nothing that the help does not name."""
    offered = {name for entry in COMMANDS.values() for name in import_module(entry.module).COMMANDS}
    assert offered == set(COMMANDS)


@pytest.mark.parametrize("arguments", [[], *([flag] for flag in HELP_FLAGS)])
def test_the_help_needs_neither_click_nor_pydantic(arguments: list[str]) -> None:
    """A person who asks what there is does not wait for what answers everything else."""
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout == help_text()
    loaded = {module.partition(".")[0] for module in ended.stderr.split()}
    assert loaded & {"asyncio", "click", "httpx2", "pydantic", "pydantic_core", "rich"} == set()


def test_every_exit_code_of_an_error_is_explained() -> None:
    """A script's author finds each code in the help."""
    codes = {code for _, code in connection._EXIT_CODES} | {0, 1, 2, connection.INTERRUPTED}
    assert codes == set(EXIT_CODES)


def test_an_unknown_command_is_a_wrong_command_line(terminal: Terminal) -> None:
    """What the table does not know is refused as click refuses it."""
    result = terminal.type("wrkspaces", exit_code=2)
    assert "No such command 'wrkspaces'" in result.stderr


def test_the_version_is_that_of_the_package(terminal: Terminal) -> None:
    """A report of a fault can say what it is about."""
    from importlib.metadata import version

    assert terminal.type("--version").stdout == f"colonnade, version {version('colonnade-client')}\n"
