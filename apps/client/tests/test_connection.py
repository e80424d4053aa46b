"""How errors end a command: one sentence, and an exit code that a script can tell apart."""

from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest

from colonnade.client.connection import Connection, exit_code_of, run
from colonnade.client.imports.records import UnreadableFile
from colonnade.core import (
    AlreadyExists,
    ColonnadeError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from colonnade.core.errors import DeadlineExceeded, StaleVersion, VersionConflict, error_kinds
from colonnade.domain.projects.workflow import TransitionRefused

from .terminal import NOWHERE, PASSWORD, Terminal, the_sentence

CODES = {
    UnreadableFile: 1,
    DeadlineExceeded: 1,
    Unauthenticated: 3,
    NotFound: 4,
    StaleVersion: 5,
    VersionConflict: 5,
    AlreadyExists: 5,
    TransitionRefused: 5,
    Conflict: 5,
    Invalid: 6,
    Unavailable: 7,
    Forbidden: 8,
}

Work = Callable[[Connection], Awaitable[None]]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLONNADE_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("COLONNADE_CREDENTIALS", "file")
    monkeypatch.setenv("COLONNADE_SERVER", NOWHERE)


def raising(error: BaseException) -> Work:
    """Work that fails before anything is sent."""

    async def work(connection: Connection) -> None:
        raise error

    return work


def failure_of(work: Work) -> click.ClickException:
    """How a command ends that does this work."""
    with pytest.raises(click.ClickException) as caught:
        run(work)
    return caught.value


@pytest.mark.parametrize("kind", CODES)
def test_each_kind_of_error_has_its_exit_code(kind: type[ColonnadeError]) -> None:
    """The code tells what went wrong without the sentence."""
    failure = failure_of(raising(kind("it did not work")))
    assert (failure.message, failure.exit_code) == ("it did not work", CODES[kind])


def test_an_error_has_the_exit_code_of_the_kind_it_belongs_to() -> None:
    """No error of a context is told apart from the kind that the help explains."""
    for kind in error_kinds():
        nearest = next((CODES[each] for each in kind.__mro__ if each in CODES), 1)
        assert exit_code_of(kind.__new__(kind)) == nearest, kind


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Invalid("must not be empty", field="title"), "title: must not be empty"),
        (Invalid("the title must not be empty", field="title"), "the title must not be empty"),
        (NotFound("there is no such task", field="task_id"), "there is no such task"),
    ],
)
def test_the_sentence_names_the_field_once(error: ColonnadeError, sentence: str) -> None:
    """Somebody who set three options knows which one is meant."""
    assert failure_of(raising(error)).message == sentence


def test_ctrl_c_ends_a_command_as_shells_expect() -> None:
    """The exit code is 130, and there is no traceback."""
    failure = failure_of(raising(KeyboardInterrupt()))
    assert (failure.message, failure.exit_code) == ("stopped", 130)


def test_without_a_server_one_is_told_to_sign_in(terminal: Terminal) -> None:
    """The sentence is the command to type."""
    assert "colonnade login --server" in terminal.refusal("whoami", exit_code=3)


def test_nobody_signed_in_has_exit_code_3(terminal: Terminal, server: str) -> None:
    """The server is known by the environment, the person by nothing."""
    terminal.refusal("whoami", exit_code=3, COLONNADE_SERVER=server)


def test_what_is_not_there_has_exit_code_4(ada: Terminal) -> None:
    """A task is asked for that nobody has opened."""
    assert "task" in ada.refusal("tasks", "show", "WEB-99", exit_code=4)


def test_what_contradicts_the_present_state_has_exit_code_5(ada: Terminal) -> None:
    """A key is taken, and a version is past."""
    assert "key" in ada.refusal("projects", "create", "WEB", "Another", exit_code=5)
    ada.type("tasks", "create", "Write")
    ada.refusal("tasks", "edit", "WEB-1", "--title", "Read", "--if-version", "99", exit_code=5)


BROKEN_RULES = [
    ("projects", "create", "not a key", "Name"),
    ("projects", "create", "OPS", ""),
    ("workspaces", "create", ""),
    ("workspaces", "create", "Bakery", "--slug", "Not A Slug"),
    ("workspaces", "add-member", "nobody"),
    ("tasks", "create", ""),
    ("tasks", "create", "x" * 301),
    ("tasks", "create", "Read", "--label", ""),
    ("tasks", "create", "Read", *(word for number in range(51) for word in ("--label", f"label {number}"))),
    ("tasks", "create", "Read\x1b[2J"),
    ("tasks", "list", "status:"),
    ("tasks", "list", "x" * 2000),
    ("tasks", "show", "what?"),
    ("tasks", "show", "WEB-0"),
    ("tasks", "show", "WEB-99999999999999999999"),
    ("tasks", "edit", "WEB-1", "--title", ""),
    ("tasks", "edit", "WEB-1", "--title", "x" * 301),
    ("tasks", "edit", "WEB-1", "--label", ""),
    ("tasks", "move", "WEB-1", "In Progress"),
    ("tasks", "move", "WEB-1", ""),
]


def test_a_value_that_breaks_a_rule_has_exit_code_6(ada: Terminal, subtests: pytest.Subtests) -> None:
    """The rules are those of the domain, told in one sentence wherever they are found broken; nothing is changed."""
    task = ada.read("tasks", "create", "Write")
    for words in BROKEN_RULES:
        with subtests.test(" ".join(words)[:60]):
            ada.refusal(*words, exit_code=6)
    assert ada.read("tasks", "list")["items"] == [task]
    assert len(ada.read("workspaces", "list")["items"]) == len(ada.read("projects", "list")["items"]) == 1


def test_a_server_that_is_away_has_exit_code_7_and_signing_out_forgets_the_tokens_all_the_same(
    ada: Terminal,
) -> None:
    """Nobody stays signed in because a server is down."""
    (ada.folder / "credentials.json").write_text(
        f'{{"{NOWHERE}": "{{\\"access_token\\": \\"a\\", \\"refresh_token\\": \\"r\\"}}"}}'
    )
    assert NOWHERE in ada.refusal("logout", exit_code=7, COLONNADE_SERVER=NOWHERE)
    assert "refresh_token" not in (ada.folder / "credentials.json").read_text()


def test_what_is_not_allowed_has_exit_code_8(ada: Terminal, newcomer: Terminal) -> None:
    """A guest reads what is shared, and changes nothing."""
    ada.type("workspaces", "add-member", newcomer.email, "--role", "guest")
    ada.type("projects", "share", "WEB", newcomer.email)
    ada.type("tasks", "create", "Write")
    newcomer.refusal("tasks", "done", "WEB-1", exit_code=8)
    assert newcomer.read("tasks", "show", "WEB-1")["completed_at"] is None


@pytest.mark.parametrize(
    "words",
    [
        ("tasks", "edit", "WEB-1"),
        ("tasks", "list", "--limit", "0"),
        ("tasks", "list", "--sort", "colour"),
        ("tasks", "create", "Write", "--priority", "huge"),
        ("tasks", "create", "Write", "--due", "tomorrow"),
        ("tasks", "move", "WEB-1", "done", "--if-version", "-1"),
        ("projects", "lead", "WEB"),
        ("projects", "lead", "WEB", "me", "--nobody"),
        ("notifications", "read"),
        ("notifications", "read", "0190f6e2", "--all"),
        ("notifications", "archive"),
        ("notifications", "settings", "set"),
        ("notifications", "settings", "set", "--quiet-from", "22:00"),
        ("notifications", "settings", "set", "--quiet-from", "25:00", "--quiet-to", "7:00"),
        ("notifications", "settings", "set", "--phone", "+4915112345678", "--no-phone"),
        ("notifications", "settings", "set", "--digest-hour", "24"),
        ("notifications", "preferences", "set", "assigned", "mail", "sometimes"),
        ("notifications", "preferences", "set", "assigned", "pigeon", "off"),
        ("webhooks", "create", "https://example.com/hook"),
        ("webhooks", "edit", "https://example.com/hook"),
        ("webhooks", "deliveries", "--state", "lost"),
        ("export", "workspace", "--output", "no-such-folder/archive.zip"),
        ("processes", "list", "--limit", "0"),
        ("import", "github", "no-such-file.json"),
        ("login", "--nobody"),
    ],
)
def test_a_wrong_command_line_has_exit_code_2_and_asks_no_server(terminal: Terminal, words: tuple[str, ...]) -> None:
    """What is wrong by itself is refused before anything is sent."""
    assert "Usage: " in terminal.type(*words, exit_code=2, COLONNADE_SERVER=NOWHERE).stderr


@pytest.fixture
def bakery() -> Iterator[str]:
    """The address of a server that is not one of ours."""

    class Bakery(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Fresh bread</title>")

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Bakery) as server, ThreadPoolExecutor(1) as threads:
        threads.submit(server.serve_forever)
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_that_is_something_else_is_told_in_one_sentence(terminal: Terminal, bakery: str) -> None:
    """Somebody mistyped the address of a server, and neither the password nor the e-mail address is blamed."""
    terminal.refusal("whoami", exit_code=1, COLONNADE_SERVER=bakery)
    words = ("login", "--server", bakery, "--email", "ada@example.com", "--password-stdin")
    assert "password" not in the_sentence(terminal.type(*words, typed=PASSWORD, exit_code=1).stderr)
