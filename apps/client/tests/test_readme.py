"""What the README shows can be typed."""

import re
import shlex
from pathlib import Path

import click
import pytest

from colonnade.client.credentials import STORE_VARIABLE, TOKEN_VARIABLE
from colonnade.client.group import cli
from colonnade.client.state import FOLDER_VARIABLE, SERVER_VARIABLE
from colonnade.client.table import COMMANDS, EXIT_CODES

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
LINES = re.findall(r"^colonnade .+$", README, re.MULTILINE)
REDIRECTION = re.compile(r" (<|>|>>|\|) ")


@pytest.mark.parametrize("line", LINES)
def test_every_command_line_is_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each names a command with arguments and options that it has; nothing is executed."""
    understood: list[str] = []
    monkeypatch.setattr(click.Command, "invoke", lambda self, context: understood.append(context.command_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "issues.json").touch()
    _, *words = shlex.split(REDIRECTION.split(line)[0])
    cli.main(words, prog_name="colonnade", standalone_mode=False)
    assert understood[-1].split() == ["colonnade", *words][: len(understood[-1].split())]
    assert understood[-1] != "colonnade"


def test_the_tour_passes_by_every_command() -> None:
    """Nothing that `colonnade --help` lists is left out but what needs no example."""
    shown = {line.split()[1] for line in LINES}
    assert set(COMMANDS) - shown == {"logout"}


def test_the_exit_codes_are_those_of_the_help() -> None:
    """They are said twice, so they are compared."""
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", README, re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == EXIT_CODES


def test_the_variables_have_their_names() -> None:
    """Each that the client reads is explained."""
    for variable in (SERVER_VARIABLE, FOLDER_VARIABLE, TOKEN_VARIABLE, f"{STORE_VARIABLE}=file"):
        assert f"`{variable}`" in README
