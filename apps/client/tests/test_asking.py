"""Commands that ask, and people who would rather not answer."""

import signal
from pathlib import Path

import click
import pytest

from colonnade.client.asking import ask
from colonnade.client.connection import Connection, run
from colonnade.client.group import cli

from .terminal import NOWHERE


@pytest.fixture(autouse=True)
def _somebody_who_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Press Ctrl-C at the first question; whoever is asked once more would answer."""

    def leave(_: str) -> str:
        signal.raise_signal(signal.SIGINT)
        return "ada@example.com"

    monkeypatch.setattr("click.termui.visible_prompt_func", leave)
    monkeypatch.setenv("COLONNADE_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("COLONNADE_CREDENTIALS", "file")


def test_ctrl_c_at_a_question_ends_the_command_at_once() -> None:
    """Also while an event loop runs, which would otherwise keep the first one to itself."""
    answers: list[str] = []

    async def work(_: Connection) -> None:
        answers.append(ask("E-mail"))

    with pytest.raises(click.ClickException, match=r"^stopped$") as stopped:
        run(work, server=NOWHERE)
    assert stopped.value.exit_code == 130
    assert answers == []


def test_ctrl_c_before_anything_is_sent_is_told_alike() -> None:
    """One sentence, and the exit code of all that is stopped."""
    with pytest.raises(click.ClickException, match=r"^stopped$") as stopped:
        cli(["login", "--server", NOWHERE, "--password"], standalone_mode=False)
    assert stopped.value.exit_code == 130
