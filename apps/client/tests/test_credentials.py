"""Where the tokens are, and who may exchange them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError

from colonnade.api.client import Tokens
from colonnade.client.credentials import SERVICE, STORE_VARIABLE, KeptCredentials

HERE, THERE = "https://here.example.com", "https://there.example.com"
TOKENS = Tokens("an access token", "a refresh token")
ROUNDS = 200
COUNTING = """
import asyncio, pathlib, sys
from colonnade.client.credentials import KeptCredentials

folder, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
counter = folder / "counter"
credentials = KeptCredentials("https://here.example.com", folder)

async def count():
    for _ in range(rounds):
        async with credentials.exclusive():
            present = int(counter.read_text())
            await asyncio.sleep(0)
            counter.write_text(str(present + 1))

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(count())
"""


class MemoryKeyring(KeyringBackend):
    """A keyring as a desktop has it."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("there is none")


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryKeyring]:
    """A machine with a keyring."""
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    before, ring = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


@pytest.fixture
def _no_ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without one."""
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


def files_of(folder: Path) -> set[str]:
    """The names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


def test_the_keyring_keeps_the_tokens_where_there_is_one(ring: MemoryKeyring, tmp_path: Path) -> None:
    """Nothing secret touches the disk."""
    KeptCredentials(HERE, tmp_path).save(TOKENS)
    assert KeptCredentials(HERE, tmp_path).load() == TOKENS
    assert list(ring.kept) == [(SERVICE, HERE)]
    assert files_of(tmp_path) == set()


def test_the_keyring_forgets_them_even_twice(ring: MemoryKeyring, tmp_path: Path) -> None:
    """Signing out where nobody is signed in is no fault."""
    credentials = KeptCredentials(HERE, tmp_path)
    credentials.save(TOKENS)
    credentials.save(None)
    credentials.save(None)
    assert credentials.load() is None
    assert ring.kept == {}


def test_the_file_is_used_where_it_is_asked_for(
    ring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`COLONNADE_CREDENTIALS=file` leaves a keyring alone that is there."""
    monkeypatch.setenv(STORE_VARIABLE, "file")
    KeptCredentials(HERE, tmp_path).save(TOKENS)
    assert KeptCredentials(HERE, tmp_path).load() == TOKENS
    assert ring.kept == {}


@pytest.mark.usefixtures("_no_ring")
def test_the_file_is_used_where_there_is_no_keyring(tmp_path: Path) -> None:
    """A server without a desktop signs in just as well."""
    KeptCredentials(HERE, tmp_path).save(TOKENS)
    assert KeptCredentials(HERE, tmp_path).load() == TOKENS
    assert files_of(tmp_path) == {"credentials.json"}


@pytest.mark.usefixtures("_no_ring")
def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    """It has the mode 0600 from the first byte on, and keeps it."""
    credentials = KeptCredentials(HERE, tmp_path)
    for tokens in (TOKENS, Tokens("another", "one")):
        credentials.save(tokens)
        assert (tmp_path / "credentials.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("_no_ring")
def test_each_server_has_tokens_of_its_own(tmp_path: Path) -> None:
    """Signing out of one leaves the other."""
    here, there = KeptCredentials(HERE, tmp_path), KeptCredentials(THERE, tmp_path)
    here.save(TOKENS)
    there.save(Tokens("another", "one"))
    here.save(None)
    assert here.load() is None
    assert there.load() == Tokens("another", "one")


@pytest.mark.usefixtures("_no_ring")
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_means_signed_out(tmp_path: Path, content: bytes) -> None:
    """Signing in again mends it."""
    (tmp_path / "credentials.json").write_bytes(content)
    credentials = KeptCredentials(HERE, tmp_path)
    assert credentials.load() is None
    credentials.save(TOKENS)
    assert credentials.load() == TOKENS


def test_the_tokens_are_not_shown() -> None:
    """A traceback or a log has nothing to steal in it."""
    assert "token" not in repr(TOKENS).removeprefix("Tokens").lower()


def test_only_one_process_at_a_time_exchanges_the_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what two processes do under the lock, nothing is lost."""
    monkeypatch.setenv(STORE_VARIABLE, "file")
    (tmp_path / "counter").write_text("0")
    command = [sys.executable, "-c", COUNTING, str(tmp_path), str(ROUNDS)]
    counting = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        assert [process.stdout.readline() for process in counting] == ["ready\n", "ready\n"]
        for process in counting:
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in counting:
            process.communicate(timeout=60)
        assert [process.returncode for process in counting] == [0, 0]
    finally:
        for process in counting:
            process.kill()
            process.communicate()
    assert int((tmp_path / "counter").read_text()) == 2 * ROUNDS
