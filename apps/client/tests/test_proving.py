"""Sensitive commands want a fresh proof of who one is."""

import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from colonnade.core import SystemClock
from colonnade.testing import FrozenClock

from .terminal import DEADLINE_SECONDS, PASSWORD, Terminal, read_screen, read_until, register, serving, the_sentence

CREATE = ("tokens", "create", "nightly", "--permission", "task.read", "--quiet")
LONG_SECONDS = 3_600


@pytest.fixture
def ada(tmp_path: Path) -> Iterator[Terminal]:
    """Somebody who signed in an hour ago."""
    clock = FrozenClock(SystemClock().now())
    with serving(tmp_path / "server", clock) as server:
        register(server, "ada@example.com", "Ada")
        terminal = Terminal(tmp_path / "ada", server=server, email="ada@example.com")
        terminal.sign_in()
        clock.advance(seconds=LONG_SECONDS)
        yield terminal


@pytest.fixture
def somebody_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is typed be typed at a terminal."""
    monkeypatch.setattr("colonnade.client.proving.has_terminal", lambda: True)


@pytest.mark.usefixtures("somebody_is_here")
def test_the_password_is_asked_for_once_and_the_command_done(ada: Terminal) -> None:
    """It is not shown, what is printed is the answer alone, and the next command asks nothing."""
    result = ada.type(*CREATE, typed=f"{PASSWORD}\n")
    assert result.stdout.startswith("clnp_")
    assert len(result.stdout.splitlines()) == 1
    assert "Your password" in result.stderr
    assert PASSWORD not in result.output
    assert ada.type(*CREATE).stderr == ""


def test_at_a_real_terminal_it_is_typed_and_not_shown(ada: Terminal) -> None:
    """What is printed can go on in a pipe all the same."""
    screen, keyboard = pty.openpty()
    with ada.start(*CREATE, stdin=keyboard, stderr=keyboard) as process:
        os.close(keyboard)
        try:
            assert read_until(screen, "Your password: ") == "Your password: "
            os.write(screen, f"{PASSWORD}\n".encode())
            output, _ = process.communicate(timeout=DEADLINE_SECONDS)
        finally:
            process.kill()
    assert read_screen(screen).strip() == ""
    assert output.startswith("clnp_")


@pytest.mark.usefixtures("somebody_is_here")
def test_a_wrong_password_ends_the_command(ada: Terminal) -> None:
    """Nothing was done, and nobody is signed out by it."""
    result = ada.type(*CREATE, typed="another\n", exit_code=3)
    assert "the password is wrong" in result.stderr
    assert ada.read("tokens", "list")["items"] == []


def test_where_nobody_can_type_it_is_said_how(ada: Terminal) -> None:
    """The sentence is the command to run before; that reads from standard input."""
    with ada.start(*CREATE) as process:
        _, said = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 3
    assert "colonnade prove --stdin" in the_sentence(said)
    assert ada.type("prove", "--stdin", typed=f"{PASSWORD}\n").stdout.startswith("Sensitive commands")
    ada.type(*CREATE)


def test_a_wrong_proof_proves_nothing(ada: Terminal) -> None:
    """One sentence, and sensitive commands still ask."""
    the_sentence(ada.type("prove", "--stdin", typed="another\n", exit_code=3).stderr)
    ada.type(*CREATE, exit_code=3)


def test_what_is_not_sensitive_asks_nothing(ada: Terminal) -> None:
    """However old the proof is."""
    assert ada.type("whoami").stderr == ""
