"""A server with nobody in it, and people who come to it."""

import signal
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from colonnade.monitoring.logs import configure_logs

from .receiver import Receiver, receiving
from .terminal import Terminal, register, serving

_numbers = count(1)

NewPerson = Callable[[str], Terminal]


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """What shells start in the background ignores Ctrl-C, and so do its children; here they shall hear it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where the server keeps all it has."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def server(server_folder: Path) -> Iterator[str]:
    """The address of a server."""
    configure_logs(level="ERROR")
    with serving(server_folder) as url:
        yield url


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal where nobody has signed in yet."""
    return Terminal(tmp_path / "nobody")


@pytest.fixture
def new_person(server: str, tmp_path: Path) -> NewPerson:
    """Makes an account and signs in with it, at a terminal of its own."""

    def come(name: str) -> Terminal:
        email = f"{name.lower()}{next(_numbers)}@example.com"
        register(server, email, name)
        terminal = Terminal(tmp_path / email, server=server, email=email)
        terminal.sign_in()
        return terminal

    return come


@pytest.fixture
def newcomer(new_person: NewPerson) -> Terminal:
    """Somebody who has signed in and belongs to no workspace."""
    return new_person("Nora")


@pytest.fixture
def ada(new_person: NewPerson) -> Terminal:
    """Somebody with a workspace and a project `WEB` in it, both in use."""
    terminal = new_person("Ada")
    terminal.type("workspaces", "create", "Engines", "--slug", f"engines-{next(_numbers)}")
    terminal.type("projects", "create", "WEB", "Website")
    return terminal


@pytest.fixture
def grace(ada: Terminal, new_person: NewPerson) -> Terminal:
    """Another member of that workspace."""
    terminal = new_person("Grace")
    ada.type("workspaces", "add-member", terminal.email)
    return terminal


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that webhooks go to."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def github() -> Path:
    """The folder of the GitHub fixtures."""
    return Path(__file__).parent / "fixtures" / "github"
