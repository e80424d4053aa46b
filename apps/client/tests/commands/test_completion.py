"""Shells complete commands and options."""

import os
import shutil
import subprocess
import sys

import pytest

from ..terminal import Terminal


def completions(typed: str) -> list[str]:
    """What a shell offers for the last word of a command line; it asks the command itself."""
    words = typed.split(" ")
    environment = {
        **os.environ,
        "_COLONNADE_COMPLETE": "bash_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
    }
    ended = subprocess.run(
        [sys.executable, "-c", "from colonnade.client.main import main; main()"],
        env=environment, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return [line.partition(",")[2] for line in ended.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(terminal: Terminal, shell: str) -> None:
    """It calls `colonnade` back for what it offers."""
    script = terminal.type("completion", shell).stdout
    assert f"_COLONNADE_COMPLETE={shell}_complete" in script


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_the_script_for_bash_is_a_script(terminal: Terminal) -> None:
    """Bash reads it to the end."""
    script = terminal.type("completion", "bash").stdout
    subprocess.run(["bash", "-n"], input=script, text=True, check=True, timeout=60)


def test_another_shell_is_a_wrong_command_line(terminal: Terminal) -> None:
    """The sentence names those that there are."""
    assert "'fish'" in terminal.type("completion", "powershell", exit_code=2).stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("colonnade wo", ["workspaces"]),
        ("colonnade tasks list --so", ["--sort"]),
        ("colonnade tasks create --priority h", ["high"]),
        ("colonnade notifications pre", ["preferences"]),
        ("colonnade notifications preferences set over", ["overdue"]),
    ],
)
def test_what_was_begun_is_completed(typed: str, offered: list[str]) -> None:
    """The help, which is answered without click, must not stand in the way."""
    assert completions(typed) == offered
